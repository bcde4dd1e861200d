package db

import (
	"fmt"
	"reflect"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
)

// layout is where the columns of a statement go in a struct. A column "item.title" goes into the field title of the field
// item; if that is a pointer, it stays nil where all its columns are NULL, as those of a left join are.
type layout struct {
	columns []column
	joined  []joined
}

type column struct {
	path   []int // in the row, or in what is joined
	joined int   // which of the layout's; -1 for the row itself
	set    setter
}

type joined struct {
	path []int // of the pointer
	to   reflect.Type
}

type layoutKey struct {
	row     reflect.Type
	columns string
}

// layouts are kept as long as statements are: clients choose the columns.
var layouts, _ = lru.New[layoutKey, layout](maxTried + maxKept) // it fails on a size of 0 alone

func layoutOf(find func(reflect.Type, []string) [][]int, row reflect.Type, names []string) (layout, error) {
	key := layoutKey{row, strings.Join(names, ",")}
	if known, ok := layouts.Get(key); ok {
		return known, nil
	}
	made := layout{columns: make([]column, len(names))}
	for i, path := range find(row, names) {
		if len(path) == 0 {
			return layout{}, fmt.Errorf("the column %s has no field in %s", names[i], row)
		}
		made.columns[i] = made.column(row, path)
	}
	layouts.Add(key, made)
	return made, nil
}

// column finds the pointer on a path, if there is one.
func (l *layout) column(row reflect.Type, path []int) column {
	t := row
	for depth, index := range path[:len(path)-1] {
		t = t.Field(index).Type
		if t.Kind() != reflect.Pointer {
			continue
		}
		above, below := path[:depth+1], path[depth+1:]
		set := setterOf(t.Elem().FieldByIndex(below).Type)
		for n, j := range l.joined {
			if reflect.DeepEqual(j.path, above) {
				return column{below, n, set}
			}
		}
		l.joined = append(l.joined, joined{above, t.Elem()})
		return column{below, len(l.joined) - 1, set}
	}
	return column{path, -1, setterOf(row.FieldByIndex(path).Type)}
}

// aim points the cells at a new row and at what may be joined to it, which it puts into made.
func (l layout) aim(cells []cell, row reflect.Value, made []reflect.Value) {
	for n, j := range l.joined {
		made[n] = reflect.New(j.to)
	}
	for i, c := range l.columns {
		if c.joined < 0 {
			cells[i].field = row.FieldByIndex(c.path)
		} else {
			cells[i].field, cells[i].joined = made[c.joined].Elem().FieldByIndex(c.path), true
		}
	}
}

// keep joins to the row what was not NULL.
func (l layout) keep(cells []cell, row reflect.Value, made []reflect.Value) {
	for i, c := range l.columns {
		if c.joined >= 0 && cells[i].filled {
			row.FieldByIndex(l.joined[c.joined].path).Set(made[c.joined])
		}
	}
}
