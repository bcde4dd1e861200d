package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	idForm     = regexp.MustCompile(`^(?:[a-z]+_)?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$`)
	numberForm = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
)

// flat are the objects whose fields are taken as fields of what holds them, which is how tables have them.
var flat = []string{"price", "revenue30d", "access"}

// reading is an object whose fields are those of what holds it, with their own names.
const reading = "reading"

// shape brings an answer of any target into one: connections are lists of their nodes, "x_one" is the only node of x, small objects
// lie flat, ids are their digits, the id of an event is its number, times are microseconds, numbers are numbers, enums are capitals.
func shape(answer []byte) (any, error) {
	reader := json.NewDecoder(bytes.NewReader(answer))
	reader.UseNumber()
	var v any
	if err := reader.Decode(&v); err != nil {
		return nil, err
	}
	return shaped("", v), nil
}

func shaped(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if nodes, ok := v["nodes"].([]any); ok && len(v) == 1 {
			return shaped(key, nodes)
		}
		all := map[string]any{}
		for name, value := range v {
			one, single := strings.CutSuffix(name, "_one")
			inner := shaped(one, value)
			if nodes, isList := inner.([]any); single && isList {
				if inner = nil; len(nodes) > 0 {
					inner = nodes[0]
				}
			}
			parts, isMap := inner.(map[string]any)
			if isMap && one == reading {
				maps.Copy(all, parts)
				continue
			}
			if isMap && slices.Contains(flat, one) {
				for part, of := range parts {
					all[one+strings.ToUpper(part[:1])+part[1:]] = of
				}
				continue
			}
			all[one] = inner
		}
		return all
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = shaped(key, v[i])
		}
		return all
	case json.Number:
		return plainNumber(v.String())
	case string:
		return shapedText(key, v)
	}
	return v
}

func shapedText(key, text string) any {
	if kind, digits, ok := strings.Cut(text, "_"); ok && kind == "consumption" && len(digits) == 32 {
		if n, err := strconv.ParseInt(digits[16:], 16, 64); err == nil {
			return plainNumber(strconv.FormatInt(n, 10))
		}
	}
	if m := idForm.FindStringSubmatch(text); m != nil {
		return strings.Join(m[1:], "")
	}
	if numberForm.MatchString(text) {
		return plainNumber(text)
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UnixMicro()
	}
	switch key {
	case "kind", "status", "accountStatus", "billingCycle", "reason", "accessReason":
		return strings.ToUpper(text)
	}
	return text
}

func plainNumber(text string) any {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return f
}

// difference names the places where two shaped answers differ, at most ten.
func difference(path string, a, b any) (found []string) {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok {
			break
		}
		var names []string
		for name := range a {
			names = append(names, name)
		}
		for name := range b {
			if _, known := a[name]; !known {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			found = append(found, difference(path+"."+name, a[name], b[name])...)
		}
		return found[:min(10, len(found))]
	case []any:
		b, ok := b.([]any)
		if !ok {
			break
		}
		if len(a) != len(b) {
			found = append(found, fmt.Sprintf("%s has %d, then %d rows", path, len(a), len(b)))
		}
		for i := range min(len(a), len(b)) {
			found = append(found, difference(fmt.Sprintf("%s[%d]", path, i), a[i], b[i])...)
		}
		return found[:min(10, len(found))]
	}
	if left, right := fmt.Sprint(a), fmt.Sprint(b); left != right {
		return []string{fmt.Sprintf("%s is %s, then %s", path, left, right)}
	}
	return nil
}

// compared are the choices of an operation whose answers are compared.
var compared = []int{0, 1, 2, 3, 7, 12, 19, 150, 333}

// compare asks all targets some of an operation's choices and fails where their answers are not the same data. What is refused is
// compared with what the SQL says of it; PostGraphile has nulls there, and no errors. It returns how many bytes a product's answer has.
func compare(ctx context.Context, o *operation, s *school, product, peer, bare *target) (size int, err error) {
	all := s.choices(o)
	leaves, refusals := 0, 0
	for _, n := range compared {
		c := all[n]
		cookie, request := product.request(o, s, c)
		ours, refused, err := product.answer(ctx, cookie, request)
		if err != nil {
			return 0, err
		}
		_, request = peer.request(o, s, c)
		theirs, err := peer.ask(ctx, "", request)
		if err != nil {
			return 0, err
		}
		cookie, request = bare.request(o, s, c)
		plain, err := bare.ask(ctx, cookie, request)
		if err != nil {
			return 0, err
		}
		var limit []byte
		if err := s.db.GetContext(ctx, &limit, o.statement(c)); err != nil {
			return 0, fmt.Errorf("%s.sql: %w", o.name, err)
		}
		answers := map[string]json.RawMessage{"PostGraphile": theirs, "the SQL": limit, "the bare server": plain}
		differ := map[string][]string{}
		if o.refuses {
			for _, name := range []string{"the SQL", "the bare server"} {
				var theirs []refusal
				if answers[name], theirs, err = besideRows(answers[name]); err != nil {
					return 0, err
				}
				differ[name] = refusalsDiffer(refused, theirs)
			}
		} else if len(refused) > 0 {
			return 0, fmt.Errorf("%s: the product refuses %s", o.name, refused[0].Path)
		}
		for name, answer := range answers {
			d, err := answersDiffer(o.name, ours, answer)
			if err != nil {
				return 0, err
			}
			if d = append(d, differ[name]...); len(d) > 0 {
				return 0, fmt.Errorf("%s, viewer %d, page %d: the product and %s do not answer the same:\n  %s",
					o.name, c.viewer, c.page, name, strings.Join(d, "\n  "))
			}
		}
		size, leaves, refusals = size+len(ours), leaves+bytes.Count(ours, []byte(":")), refusals+len(refused)
		if o.words != nil && bytes.Count(ours, []byte(`"id"`)) == 0 {
			return 0, fmt.Errorf("nothing is found for %q; these words are made for the full size of the school", o.words[c.page])
		}
	}
	if leaves < 40 {
		return 0, errors.New(o.name + " answers next to nothing; is the school loaded?")
	}
	if part := float64(refusals) / float64(50*len(compared)); o.refuses && !(part >= leastRefused && part <= mostRefused) {
		return 0, fmt.Errorf("%s: %.2f of the rows are locked, and about one in ten should be", o.name, part)
	}
	return size / len(compared), nil
}

// answersDiffer names where two answers are not the same data.
func answersDiffer(name string, a, b json.RawMessage) ([]string, error) {
	left, err := shape(a)
	if err != nil {
		return nil, err
	}
	right, err := shape(b)
	if err != nil {
		return nil, err
	}
	return difference(name, left, right), nil
}
