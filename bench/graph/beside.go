package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// mostBeside is what the new build may cost beside an old one, in processor time a request. Below it the noise of pairs on a busy
// machine cannot be told from a loss.
const mostBeside = 1.05

// pair is what both builds showed, one right after the other.
type pair struct{ now, old sample }

// ratio is the processor time of a request, server and database together, new by old.
func (p pair) ratio() float64 { return work(p.now) / work(p.old) }

// spread is the least, the median and the greatest of some pairs' ratios.
func spread(pairs []pair) (least, middle, most float64) {
	var all []float64
	for _, p := range pairs {
		all = append(all, p.ratio())
	}
	if len(all) == 0 {
		return median(nil), median(nil), median(nil)
	}
	return slices.Min(all), median(all), slices.Max(all)
}

// measureBeside starts the old program beside the new one, on the same school, compares their answers and lets them take turns. Only
// one of them is asked at a time. Pairs within one call are the only figures of two builds that can be compared: a machine that is busy
// differs from itself by more than most changes of the program do.
func (b *bench) measureBeside(ctx context.Context, out io.Writer) (err error) {
	old, err := startOld(ctx, b.school, b.beside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, old.end()) }()
	for _, o := range b.ops {
		if err := b.sameAnswers(ctx, o, &old.target); err != nil {
			return fmt.Errorf("%s does not answer %s as the new build does, so that their costs cannot be compared; leave it out with -ops: %w",
				b.beside, o.name, err)
		}
		b.log.Info("the answers are the same", "op", o.name)
	}
	measured := map[string][]pair{}
	for _, o := range b.ops {
		for _, t := range []*target{&b.product.target, &old.target} {
			if err := b.warm(ctx, t, o); err != nil {
				return err
			}
		}
		for n := range b.pairs {
			p, err := b.pairOf(ctx, o, &old.target, n%2 == 1)
			if err != nil {
				return err
			}
			measured[o.name] = append(measured[o.name], p)
			b.log.Info("measured", "op", o.name, "pair", n+1, "new_by_old", fmt.Sprintf("%.3f", p.ratio()))
		}
	}
	about, err := b.school.about(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s; %d clients, %d pairs of %.0f s beside %s\n\n", about, b.clients, b.pairs, b.seconds, b.beside)
	return judge(out, reportBeside(out, b.names(), measured))
}

// pairOf asks both builds, the old one first when it is its turn.
func (b *bench) pairOf(ctx context.Context, o *operation, old *target, oldFirst bool) (p pair, err error) {
	turns := []struct {
		of   *target
		into *sample
	}{{&b.product.target, &p.now}, {old, &p.old}}
	if oldFirst {
		slices.Reverse(turns)
	}
	for _, turn := range turns {
		if *turn.into, err = b.load(ctx, turn.of, o, b.seconds); err != nil {
			return p, fmt.Errorf("%s %s: %w", turn.of.name, o.name, err)
		}
	}
	return p, nil
}

// sameAnswers walks the old build's pages of an operation and compares its answers, and what they refuse, with the new build's.
func (b *bench) sameAnswers(ctx context.Context, o *operation, old *target) error {
	if err := b.walk(ctx, old, o); err != nil {
		return err
	}
	all := b.school.choices(o)
	for _, n := range compared {
		var answers [2]json.RawMessage
		var refused [2][]refusal
		for i, t := range []*target{&b.product.target, old} {
			var err error
			cookie, request := t.request(o, b.school, all[n])
			if answers[i], refused[i], err = t.answer(ctx, cookie, request); err != nil {
				return err
			}
		}
		d, err := answersDiffer(o.name, answers[0], answers[1])
		if err != nil {
			return err
		}
		if d = append(d, refusalsDiffer(refused[0], refused[1])...); len(d) > 0 {
			return fmt.Errorf("viewer %d, page %d: %s", all[n].viewer, all[n].page, d)
		}
	}
	return nil
}

// reportBeside writes the table and returns where the new build costs too much.
func reportBeside(out io.Writer, ops []string, measured map[string][]pair) (missed []string) {
	fmt.Fprintln(out, "| op | new CPU ms | old CPU ms | new / old | least | most | new req/s | old req/s |")
	fmt.Fprintln(out, "|---|--:|--:|--:|--:|--:|--:|--:|")
	for _, op := range ops {
		var now, old []sample
		for _, p := range measured[op] {
			now, old = append(now, p.now), append(old, p.old)
		}
		least, middle, most := spread(measured[op])
		fmt.Fprintf(out, "| %s | %.2f | %.2f | %.3f | %.3f | %.3f | %.0f | %.0f |\n", op, medianOf(now, work), medianOf(old, work),
			middle, least, most, medianOf(now, sample.rate), medianOf(old, sample.rate))
		if !(middle <= mostBeside) {
			missed = append(missed, fmt.Sprintf("%s: %.3f times the old build's CPU a request, at most %.2f are the goal", op, middle, mostBeside))
		}
	}
	fmt.Fprintln(out)
	return missed
}

// startOld starts another build of the product on the school. It shares the new one's folder: there stands the password of the serving
// role, which both would else change under each other.
func startOld(ctx context.Context, s *school, binary string) (*running, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	if about, err := os.Stat(binary); err != nil || about.IsDir() || about.Mode()&0o111 == 0 {
		return nil, errors.Join(
			fmt.Errorf("-beside takes a built program of the product (go build -o /tmp/old . in an old worktree); %s is none", binary), err)
	}
	old, _, err := startBuild(ctx, s, "old", binary)
	if err != nil {
		return nil, fmt.Errorf("the old build cannot be started on this school, whose migrations are the new build's: %w", err)
	}
	return old, nil
}
