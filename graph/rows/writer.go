package rows

import (
	"context"
	"reflect"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain/content"
	"lyceum/domain/security"
	"lyceum/graph/loaders"
)

// step writes one field of a row.
type step struct {
	key []byte // `"title":`
	// One of the three:
	value  getter // of the row itself, with leaf or inner
	link   *link  // to other rows
	quoted string // __typename

	leaf    leaf
	inner   []step  // of a value that has fields itself
	below   *writer // of what the link points at
	ask     ask
	nonNull bool
}

// writer is how the rows of a type, or a page of them, are written.
type writer struct {
	row  []step
	page []part // for a connection
}

// getter reads a field of a row.
type getter struct {
	read  func(row reflect.Value) reflect.Value
	typed reflect.Type
}

// writer makes the writer of a selection; nil where the answer is not sure to need no error.
func (o *operation) writer(ctx context.Context, graphQL string, goType reflect.Type, set ast.SelectionSet, own bool) *writer {
	if strings.HasSuffix(graphQL, "Connection") {
		return o.pagePlan(ctx, graphQL, goType, set)
	}
	steps, ok := o.steps(ctx, graphQL, goType, set, own)
	if !ok {
		return nil
	}
	return &writer{row: steps}
}

func (o *operation) steps(ctx context.Context, object string, goType reflect.Type, set ast.SelectionSet, own bool) ([]step, bool) {
	fields, plain := o.asked(set, object)
	if !plain {
		return nil, false
	}
	viewer, steps := o.viewer(), make([]step, 0, len(fields))
	for _, w := range fields {
		s := step{key: append(append([]byte{'"'}, w.Alias...), '"', ':')}
		if w.Name == "__typename" {
			s.quoted = `"` + object + `"`
			steps = append(steps, s)
			continue
		}
		if w.Definition == nil || !mayHave(viewer, w.Definition, own) {
			return nil, false
		}
		s.nonNull = w.Definition.Type.NonNull
		if !o.fill(ctx, &s, object, goType, w) {
			return nil, false
		}
		steps = append(steps, s)
	}
	return steps, true
}

// fill says how a field is written.
func (o *operation) fill(ctx context.Context, s *step, object string, goType reflect.Type, w *want) bool {
	if l, ok := links[object][w.Name]; ok {
		if s.ask, ok = o.askOf(ctx, l, w); !ok {
			return false
		}
		s.link = &l
		if l.shape == value {
			return true
		}
		s.below = o.writer(ctx, l.to, rowTypes[strings.TrimSuffix(l.to, "Connection")], w.below, false)
		return s.below != nil
	}
	if len(w.Arguments) > 0 || forced(w.Definition) {
		return false
	}
	known := plainOf(goType, w.Definition)
	if known.read == nil {
		return false
	}
	s.value = known.getter
	if len(w.below) == 0 {
		s.leaf = known.leaf
		return s.leaf != nil
	}
	inner := known.typed
	if inner.Kind() == reflect.Pointer {
		inner = inner.Elem()
	}
	if w.Definition.Type.Elem != nil || inner.Kind() != reflect.Struct {
		return false
	}
	var ok bool
	s.inner, ok = o.steps(ctx, w.Definition.Type.Name(), inner, w.below, false)
	return ok
}

// forced tells a field that is answered by a resolver: what the row holds under its name is not its answer.
func forced(f *ast.FieldDefinition) bool { return f.Directives.ForName("goField") != nil }

// plain is how a field is read from its row and, if it is a leaf, written; read is nil where that is not known.
type plain struct {
	getter
	leaf leaf
}

type plainKey struct {
	goType reflect.Type
	field  *ast.FieldDefinition
}

var plains sync.Map // plainKey → plain; as many as the schema has fields

func plainOf(goType reflect.Type, field *ast.FieldDefinition) plain {
	if known, ok := plains.Load(plainKey{goType, field}); ok {
		return known.(plain) //nolint:forcetypeassert // nothing else is stored
	}
	p := plain{getter: findGetter(goType, field.Name)}
	if p.read != nil {
		p.leaf = leafOf(field.Type, p.typed)
	}
	plains.Store(plainKey{goType, field}, p)
	return p
}

// logged are the rows of logs, whose ids are methods: calling them by reflection is dear, and lists hold many.
type logged interface {
	*content.Consumption | *security.Attempt | *security.Event | *security.AuditEntry
}

func idOfLog[R logged, ID any](id func(R) ID) getter {
	return getter{func(row reflect.Value) reflect.Value {
		return reflect.ValueOf(id(row.Addr().Interface().(R))) //nolint:forcetypeassert // the table says so
	}, reflect.TypeFor[ID]()}
}

var idsOfLogs = map[reflect.Type]getter{
	reflect.TypeFor[content.Consumption](): idOfLog((*content.Consumption).ID), reflect.TypeFor[security.Attempt](): idOfLog((*security.Attempt).ID),
	reflect.TypeFor[security.Event](): idOfLog((*security.Event).ID), reflect.TypeFor[security.AuditEntry](): idOfLog((*security.AuditEntry).ID),
}

// findGetter finds the method or the field of a Go type that answers a field of the graph, by name, as gqlgen does.
func findGetter(goType reflect.Type, field string) getter {
	if id, ok := idsOfLogs[goType]; ok && field == "id" {
		return id
	}
	pointer := reflect.PointerTo(goType)
	for i := range pointer.NumMethod() {
		m := pointer.Method(i)
		if strings.EqualFold(m.Name, field) && m.Type.NumIn() == 1 && m.Type.NumOut() == 1 {
			return getter{func(row reflect.Value) reflect.Value { return row.Addr().Method(i).Call(nil)[0] }, m.Type.Out(0)}
		}
	}
	for i := range goType.NumField() {
		if f := goType.Field(i); f.IsExported() && strings.EqualFold(f.Name, field) {
			return getter{func(row reflect.Value) reflect.Value { return row.Field(i) }, f.Type}
		}
	}
	return getter{}
}

// write writes one row.
func (w *writer) write(ctx context.Context, l *loaders.Set, b *output, row any) error {
	if err := writeSteps(ctx, l, b, w.row, reflect.ValueOf(row).Elem(), row); err != nil {
		return err
	}
	return b.spend()
}

func writeSteps(ctx context.Context, l *loaders.Set, b *output, steps []step, v reflect.Value, row any) error {
	b.WriteByte('{')
	for i := range steps {
		s := &steps[i]
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(s.key)
		if err := s.write(ctx, l, b, v, row); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func (s *step) write(ctx context.Context, l *loaders.Set, b *output, v reflect.Value, row any) error {
	switch {
	case s.quoted != "":
		b.WriteString(s.quoted)
		return nil
	case s.link != nil:
		return s.writeLink(ctx, l, b, row)
	}
	held := s.value.read(v)
	if s.leaf != nil {
		if !s.leaf(&b.Buffer, held) {
			return errDoubt
		}
		return nil
	}
	if held.Kind() == reflect.Pointer {
		if held.IsNil() {
			return s.null(b)
		}
		held = held.Elem()
	}
	return writeSteps(ctx, l, b, s.inner, held, nil)
}

func (s *step) null(b *output) error {
	if s.nonNull {
		return errDoubt
	}
	b.WriteString("null")
	return nil
}

func (s *step) writeLink(ctx context.Context, l *loaders.Set, b *output, row any) error {
	found, err := s.link.answer(ctx, l, s.ask, row)
	if err != nil {
		return err
	}
	if found == nil {
		return s.null(b)
	}
	switch s.link.shape {
	case several:
		return s.below.writeList(ctx, l, b, found.([]any)) //nolint:forcetypeassert // the shape says so
	case paged:
		return s.below.writePage(ctx, l, b, found.(page)) //nolint:forcetypeassert // the shape says so
	case value:
		writeText(&b.Buffer, found.(string)) //nolint:forcetypeassert // the only values so far are texts
		return b.spend()                     // these may be large
	default:
		return s.below.write(ctx, l, b, found)
	}
}

func (w *writer) writeList(ctx context.Context, l *loaders.Set, b *output, rows []any) error {
	b.WriteByte('[')
	for i, row := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := w.write(ctx, l, b, row); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}
