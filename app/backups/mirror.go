package backups

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lyceum/gateways/blobs"
)

// Mirror brings the second place what it lacks. What it has is not written over, unless it is damaged there and good in the first place:
// a first place that was cut off or encrypted by somebody else must not take the copies with it.
func (b *Backups) Mirror(ctx context.Context, system string) error { return b.mirror(ctx, system) }

func (b *Backups) mirror(ctx context.Context, system string) error {
	if b.second == nil {
		return nil
	}
	have := map[string]int64{}
	if err := b.second.List(ctx, system+"/", func(o blobs.Info) error {
		have[o.Name] = o.Bytes
		return nil
	}); err != nil {
		return err
	}
	l, err := b.list(ctx, b.first, system)
	if err != nil {
		return err
	}
	isWhole := map[string]bool{}
	for _, m := range l.Whole {
		isWhole[m.ID] = true
	}
	var parts, manifests, others []string
	if err := b.first.List(ctx, system+"/", func(o blobs.Info) error {
		size, found := have[o.Name]
		rest, isBackup := strings.CutPrefix(o.Name, backupsOf(system))
		id, part, _ := strings.Cut(rest, "/")
		switch {
		case found && size == o.Bytes:
		case found:
			others = append(others, o.Name)
		case isBackup && !isWhole[id]: // it is being made
		case isBackup && part == partManifest:
			manifests = append(manifests, o.Name)
		default:
			parts = append(parts, o.Name)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, name := range append(parts, manifests...) { // what makes a backup whole comes last
		if err := b.first.Copy(ctx, name, b.second); err != nil {
			if found, missing := b.first.Has(ctx, name); missing == nil && !found {
				continue // it was deleted by the rule meanwhile
			}
			return err
		}
	}
	if err := b.second.Sweep(ctx, system+"/", time.Now().Add(-leftoverAge)); err != nil {
		return err
	}
	return b.settle(ctx, others)
}

// settledAtOnce is how many objects that are not the same in both places are read in one go: a place that somebody has encrypted has
// only such, and the first few tell as much as all of them.
const settledAtOnce = 20

// settle decides what becomes of objects that both places have and that are not the same. The error is that they stay so.
func (b *Backups) settle(ctx context.Context, names []string) error {
	var apart []string
	for _, name := range names[:min(len(names), settledAtOnce)] {
		same, err := b.settleOne(ctx, name)
		if err != nil {
			return err
		}
		if !same {
			apart = append(apart, name)
		}
	}
	if len(apart) == 0 {
		return nil
	}
	return fmt.Errorf("the places do not have the same: of %d objects that differ, %d cannot be reconciled, the first is %s. What the "+
		"second place has was kept; see which one is good: lyceum backup verify", len(names), len(apart), apart[0])
}

func (b *Backups) settleOne(ctx context.Context, name string) (same bool, err error) {
	first, err := b.sum(ctx, b.first, name)
	damaged := errors.Is(err, blobs.ErrDamaged)
	if damaged || err != nil {
		if found, missing := b.first.Has(ctx, name); missing == nil && !found {
			return true, nil // it was deleted by the rule meanwhile
		}
		if damaged {
			err = nil
		}
		return false, err
	}
	second, err := b.sum(ctx, b.second, name)
	switch {
	case errors.Is(err, blobs.ErrDamaged):
		return true, b.first.Copy(ctx, name, b.second)
	case err != nil:
		return false, err
	}
	return bytes.Equal(first, second), nil
}
