package apptest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Operations makes up operations of the graph from its schema, at random but so that every field occurs: fields that were
// asked less are asked first. The same seed makes the same operations.
//
// Every alias tells the type and the name of its field, "User_email_7"; a field without one stands under its own name. So an
// answer can be read without its operation, see FieldOf.
type Operations struct {
	Schema *ast.Schema
	// Seeds are the arguments of root fields that cannot be made up, `slug: "prompting"`; one of them is given each time.
	Seeds map[string][]string
	// Often are root fields that are asked more often than others.
	Often []string
	// IDs are those that exist, by the type of their rows.
	IDs map[string][]string
	// Asked counts fields, by "User.email", in the operations that are made while Counting.
	Asked    map[string]int
	Counting bool

	random *rand.Rand
	next   int             // number of the next alias
	left   int             // how many fields this operation may still have
	uses   map[string]bool // its variables
	named  []string        // its fragments
}

// NewOperations begins with a seed.
func NewOperations(schema *ast.Schema, seed uint64) *Operations {
	return &Operations{Schema: schema, Asked: map[string]int{}, random: rand.New(rand.NewPCG(seed, seed))}
}

// NeverTheSame are fields, by "User.email" or "User.*", whose values may change between two runs of an operation although nobody
// writes: figures of the moment, such as those of the last day or of the database's own counters. Tests that compare two answers leave
// them out.
var NeverTheSame = []string{
	"Health.examinedAt", "Health.findings", "HealthFinding.*",
	"JobKind.failuresInLastDay", "Query.tableHealth", "Query.indexHealth", "TableHealth.*", "IndexHealth.*",
}

// Steady reports whether a field of a type answers the same as long as nobody writes.
func Steady(d *ast.Definition, f *ast.FieldDefinition) bool {
	return !slices.Contains(NeverTheSame, d.Name+"."+f.Name) && !slices.Contains(NeverTheSame, d.Name+".*")
}

// Operation is one that was made up.
type Operation struct {
	Text      string
	Variables map[string]any
}

var types = map[string]string{"yes": "Boolean!", "no": "Boolean!", "size": "Int"}

// mostTokens is how many the graph takes.
const mostTokens = 1000

// Query makes up a query.
func (o *Operations) Query() Operation {
	for {
		o.begin()
		roots := ""
		for range 1 + o.random.IntN(2) {
			root := o.pick(o.Schema.Query, nil)
			if o.chance(3) {
				root = o.Schema.Query.Fields.ForName(o.Often[o.random.IntN(len(o.Often))])
			}
			roots += " " + o.field(root, o.Schema.Query, 3+o.random.IntN(2), true)
		}
		made := o.end("query", roots)
		if _, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: made.Text}, mostTokens); err == nil {
			return made
		}
	}
}

// Mutation makes up what is asked of the answer of a mutation; arguments are those of its field.
func (o *Operations) Mutation(name, arguments string) Operation {
	o.begin()
	f := o.Schema.Mutation.Fields.ForName(name)
	if arguments != "" {
		arguments = "(" + arguments + ")"
	}
	return o.end("mutation", name+arguments+" "+o.set(o.Schema.Types[f.Type.Name()], 4, true))
}

func (o *Operations) begin() { o.left, o.uses, o.named = 30, map[string]bool{}, nil }

func (o *Operations) end(kind, set string) Operation {
	made := Operation{Variables: map[string]any{}}
	var declared []string
	for _, name := range []string{"yes", "no", "size"} {
		if o.uses[name] {
			declared = append(declared, "$"+name+": "+types[name])
			made.Variables[name] = map[string]any{"yes": true, "no": false, "size": 1 + o.random.IntN(3)}[name]
		}
	}
	if len(declared) > 0 {
		kind += " (" + strings.Join(declared, ", ") + ")"
	}
	made.Text = strings.Join(append([]string{kind + " { " + set + " }"}, o.named...), " ")
	return made
}

// chance reports true once in n.
func (o *Operations) chance(n int) bool { return o.random.IntN(n) == 0 }

func (o *Operations) variable(name string) string {
	o.uses[name] = true
	return "$" + name
}

// pick is one of the fields of a type that were asked least; without says which are out of the question.
func (o *Operations) pick(d *ast.Definition, without func(*ast.FieldDefinition) bool) *ast.FieldDefinition {
	var all []*ast.FieldDefinition
	for _, f := range d.Fields {
		if !strings.HasPrefix(f.Name, "__") && Steady(d, f) && (without == nil || !without(f)) {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return nil
	}
	o.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if guarded := slices.IndexFunc(all, isGuarded); guarded >= 0 && !o.Counting && o.chance(2) {
		return all[guarded]
	}
	if o.chance(2) {
		slices.SortStableFunc(all, func(a, b *ast.FieldDefinition) int {
			return o.Asked[d.Name+"."+a.Name] - o.Asked[d.Name+"."+b.Name]
		})
	}
	return all[0]
}

func isGuarded(f *ast.FieldDefinition) bool {
	return slices.ContainsFunc(f.Directives, func(d *ast.Directive) bool { return d.Name != "goField" && d.Name != "cost" })
}

// set makes up a selection set. Where the type is only one of several that may stand here, plain says that fields may have no
// names of their own: those of other types could collide with them.
func (o *Operations) set(d *ast.Definition, depth int, plain bool) string {
	if d.Kind == ast.Interface {
		return o.interfaceSet(d, depth)
	}
	parts := []string{}
	if o.chance(4) {
		parts = append(parts, "__typename")
	}
	for range 1 + o.random.IntN(6) {
		f := o.pick(d, func(f *ast.FieldDefinition) bool { return o.composite(f) && (depth < 1 || o.left < 5) })
		if f == nil {
			break
		}
		parts = append(parts, o.wrapped(d, o.field(f, d, depth, plain)))
	}
	if len(parts) == 0 {
		parts = append(parts, "__typename")
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

// wrapped puts fields of a type into a fragment now and then: on the type, on one of its interfaces, or on none.
func (o *Operations) wrapped(d *ast.Definition, fields string) string {
	switch o.random.IntN(14) {
	case 0:
		return "... on " + d.Name + " { " + fields + " }"
	case 1:
		return "... " + o.condition() + " { " + fields + " }"
	case 2:
		name := fmt.Sprintf("part%d", len(o.named))
		o.named = append(o.named, "fragment "+name+" on "+d.Name+" { "+fields+" }")
		return "..." + name
	case 3:
		if slices.Contains(d.Interfaces, "Node") {
			o.next++
			return fmt.Sprintf("... on Node { id ... on %s { %s } ... on Role { Role_name_%d: name } }", d.Name, fields, o.next)
		}
	}
	return fields
}

func (o *Operations) interfaceSet(d *ast.Definition, depth int) string {
	parts := []string{"__typename"}
	for _, possible := range o.Schema.GetPossibleTypes(d) {
		if o.chance(3) || o.left > 20 && o.chance(2) {
			parts = append(parts, "... on "+possible.Name+" "+o.set(possible, depth, false))
		}
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

func (o *Operations) condition() string {
	switch o.random.IntN(6) {
	case 0:
		return "@include(if: " + o.variable("no") + ")"
	case 1:
		return "@skip(if: " + o.variable("yes") + ")"
	case 2:
		return "@include(if: " + o.variable("yes") + ") @skip(if: " + o.variable("no") + ")"
	case 3:
		return "@skip(if: false)"
	default:
		return "@include(if: " + o.variable("yes") + ")"
	}
}

func (o *Operations) composite(f *ast.FieldDefinition) bool {
	kind := o.Schema.Types[f.Type.Name()].Kind
	return kind == ast.Object || kind == ast.Interface
}

// field makes up one field of a type with what is below it.
func (o *Operations) field(f *ast.FieldDefinition, d *ast.Definition, depth int, plain bool) string {
	o.left--
	if o.Counting {
		o.Asked[d.Name+"."+f.Name]++
	}
	arguments := o.arguments(f, d)
	name := f.Name
	if !plain || arguments != "" || o.chance(4) {
		o.next++
		name = fmt.Sprintf("%s_%s_%d: %s", d.Name, f.Name, o.next, f.Name)
	}
	text := name + arguments
	if d != o.Schema.Query && o.chance(10) {
		text += " " + o.condition()
	}
	if !o.composite(f) {
		return text
	}
	below := o.Schema.Types[f.Type.Name()]
	if strings.HasSuffix(below.Name, "Connection") {
		depth++ // the page itself
	}
	again := ""
	if o.chance(8) { // the same field once more, with other selections
		again = " " + text + " " + o.set(below, depth-1, plain)
	}
	return text + " " + o.set(below, depth-1, plain) + again
}

// arguments makes up those of a field.
func (o *Operations) arguments(f *ast.FieldDefinition, d *ast.Definition) string {
	if seeds := o.Seeds[f.Name]; d == o.Schema.Query && len(seeds) > 0 {
		given := seeds[o.random.IntN(len(seeds))]
		if f.Arguments.ForName("first") != nil {
			given += ", first: 3"
		}
		return "(" + given + ")"
	}
	var given []string
	root := d == o.Schema.Query
	for _, a := range f.Arguments {
		kind := o.Schema.Types[a.Type.Name()]
		switch {
		case a.Name == "first":
			given = append(given, o.size(f))
		case kind.Name == "ID" && a.Type.Elem == nil && a.Type.NonNull:
			given = append(given, a.Name+": "+o.id(a.Name))
		case kind.Name == "Boolean" && o.chance(2):
			given = append(given, a.Name+": "+[]string{"true", "false"}[o.random.IntN(2)])
		case kind.Kind == ast.Enum && o.chance(3):
			given = append(given, a.Name+": "+kind.EnumValues[o.random.IntN(len(kind.EnumValues))].Name)
		case kind.Kind == ast.InputObject && (root && o.chance(3) || o.chance(30)):
			given = append(given, a.Name+": "+o.input(kind))
		}
	}
	if len(given) == 0 {
		return ""
	}
	return "(" + strings.Join(given, ", ") + ")"
}

func (o *Operations) size(f *ast.FieldDefinition) string {
	switch o.random.IntN(8) {
	case 0:
		return "first: " + o.variable("size")
	case 1:
		if f.Arguments.ForName("last") != nil {
			return "last: 2"
		}
	}
	return fmt.Sprintf("first: %d", 1+o.random.IntN(3))
}

func (o *Operations) input(d *ast.Definition) string {
	f := d.Fields[o.random.IntN(len(d.Fields))]
	kind := o.Schema.Types[f.Type.Name()]
	value := ""
	switch {
	case kind.Kind == ast.Enum:
		value = kind.EnumValues[o.random.IntN(len(kind.EnumValues))].Name
	case kind.Name == "ID":
		value = o.id(f.Name)
	case kind.Name == "Boolean":
		value = []string{"true", "false"}[o.random.IntN(2)]
	case kind.Name == "DateTime":
		value = `"2025-06-01T00:00:00Z"`
	case kind.Name == "Int":
		value = "2"
	case kind.Name == "String":
		value = `"a"`
	}
	if value == "" {
		return "{}"
	}
	return "{" + f.Name + ": " + value + "}"
}

// id is one that an argument of such a name may take.
func (o *Operations) id(argument string) string {
	kind, known := map[string]string{
		"itemId": "ContentItem", "categoryId": "Category", "parentId": "Category", "planId": "Plan", "subscriptionId": "UserSubscription",
	}[argument]
	if !known {
		kind = "User" // userId, authorId, ownerId and more
	}
	if ids := o.IDs[kind]; len(ids) > 0 {
		return strconv.Quote(ids[o.random.IntN(len(ids))])
	}
	return `"user_0190c0ffee00700080000000000000ff"` // nobody
}

// FieldOf is the field that stands under a key of an object of a type.
func FieldOf(key, object string) (field string) {
	parts := strings.Split(key, "_")
	if len(parts) == 3 {
		return parts[0] + "." + parts[1]
	}
	return object + "." + key
}
