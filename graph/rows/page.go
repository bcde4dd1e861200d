package rows

import (
	"context"
	"reflect"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain"
	"lyceum/graph/loaders"
)

// part is a field of a connection or of its edges.
type part struct {
	key  []byte
	name string
	row  *writer // of nodes and node
	edge []part  // of edges
	info []step  // of pageInfo
	text string  // of __typename
}

var typeOfPageInfo = reflect.TypeFor[domain.PageInfo]()

func (o *operation) pagePlan(ctx context.Context, graphQL string, goType reflect.Type, set ast.SelectionSet) *writer {
	parts, ok := o.parts(ctx, graphQL, goType, set)
	if !ok {
		return nil
	}
	return &writer{page: parts}
}

func (o *operation) parts(ctx context.Context, graphQL string, goType reflect.Type, set ast.SelectionSet) (parts []part, ok bool) {
	fields, plain := o.asked(set, graphQL)
	if !plain {
		return nil, false
	}
	for _, w := range fields {
		p := part{key: append(append([]byte{'"'}, w.Alias...), '"', ':'), name: w.Name}
		switch w.Name {
		case "nodes", "node":
			p.row = o.writer(ctx, w.Definition.Type.Name(), goType, w.below, false)
			ok = p.row != nil
		case "edges":
			p.edge, ok = o.parts(ctx, strings.TrimSuffix(graphQL, "Connection")+"Edge", goType, w.below)
		case "pageInfo":
			p.info, ok = o.steps(ctx, "PageInfo", typeOfPageInfo, w.below, false)
		case "totalCount", "cursor":
			ok = true
		case "__typename":
			p.text, ok = `"`+graphQL+`"`, true
		default:
			ok = false
		}
		if !ok {
			return nil, false
		}
		parts = append(parts, p)
	}
	return parts, true
}

func (w *writer) writePage(ctx context.Context, l *loaders.Set, b *output, pg page) error {
	b.WriteByte('{')
	for i := range w.page {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := w.page[i].write(ctx, l, b, pg); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func (p *part) write(ctx context.Context, l *loaders.Set, b *output, pg page) error {
	b.Write(p.key)
	switch p.name {
	case "totalCount":
		n, err := pg.TotalCount(ctx)
		b.Write(strconv.AppendInt(b.AvailableBuffer(), n, 10))
		return err
	case "pageInfo":
		return writeSteps(ctx, l, b, p.info, reflect.ValueOf(pg.Info()).Elem(), nil)
	case "__typename":
		b.WriteString(p.text)
		return nil
	}
	b.WriteByte('[')
	for i := range pg.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		row, cursor := pg.Row(i)
		if err := p.writeRow(ctx, l, b, hitItem(row), cursor); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// writeRow writes a row of nodes, or of edges with its cursor.
func (p *part) writeRow(ctx context.Context, l *loaders.Set, b *output, row any, cursor func() string) error {
	if p.row != nil {
		return p.row.write(ctx, l, b, row)
	}
	b.WriteByte('{')
	for i := range p.edge {
		e := &p.edge[i]
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(e.key)
		switch e.name {
		case "cursor":
			writeText(&b.Buffer, cursor())
		case "__typename":
			b.WriteString(e.text)
		default:
			if err := e.row.write(ctx, l, b, row); err != nil {
				return err
			}
		}
	}
	b.WriteByte('}')
	return nil
}
