package resolvers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain"
	"lyceum/graph"
	"lyceum/graph/directives"
)

// public are the root fields that anonymous users may use. Every other one has a guard: silence is no answer.
var public = []string{
	"Query.node", "Query.nodes", "Query.viewer", "Query.plans", "Query.categories", "Query.category", "Query.contentItem", "Query.contentItems",
	"Query.contentCategories",
	"Query.search", "Mutation.signIn", "Mutation.signOut",
	"Mutation.register", "Mutation.verifyEmail", "Mutation.resendVerification", "Mutation.requestPasswordReset", "Mutation.resetPassword",
	"Mutation.acceptInvitation", "Mutation.undoEmailChange",
}

var guards = []string{"authenticated", "hasPermission", "hasRole", "self", "contentAccess"}

func schema() *ast.Schema { return graph.NewExecutableSchema(graph.Config{}).Schema() }

// own calls fn for each type of ours.
func own(fn func(*ast.Definition)) {
	for name, d := range schema().Types {
		if !d.BuiltIn && !strings.HasPrefix(name, "__") {
			fn(d)
		}
	}
}

func guardsOf(f *ast.FieldDefinition) []*ast.Directive {
	var found []*ast.Directive
	for _, d := range f.Directives {
		if slices.Contains(guards, d.Name) {
			found = append(found, d)
		}
	}
	return found
}

func TestEveryRootFieldIsGuardedOrListedAsPublic(t *testing.T) {
	t.Parallel()
	for _, root := range []*ast.Definition{schema().Query, schema().Mutation} {
		for _, f := range root.Fields {
			name := root.Name + "." + f.Name
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			if guarded := len(guardsOf(f)) > 0; guarded == slices.Contains(public, name) {
				t.Errorf("%s: guarded %v; it must be guarded or listed as public, not both", name, guarded)
			}
		}
	}
}

func TestGuardedFieldsAreNullableAndSayWhatTheyNeed(t *testing.T) {
	t.Parallel()
	own(func(d *ast.Definition) {
		for _, f := range d.Fields {
			for _, guard := range guardsOf(f) {
				if f.Type.NonNull {
					t.Errorf("%s.%s is guarded and non-null: one refusal would void its parents", d.Name, f.Name)
				}
				for _, argument := range guard.Arguments {
					if argument.Name == "role" {
						continue
					}
					if !strings.Contains(f.Description, argument.Value.Raw) {
						t.Errorf("%s.%s: the description does not name %s", d.Name, f.Name, argument.Value.Raw)
					}
				}
			}
		}
	})
}

func TestNoTypeIsGuarded(t *testing.T) {
	t.Parallel()
	own(func(d *ast.Definition) {
		for _, guard := range guards {
			if d.Directives.ForName(guard) != nil {
				t.Errorf("%s is guarded as a type; behind an interface that is skipped", d.Name)
			}
		}
	})
}

func TestEverythingHasADescription(t *testing.T) {
	t.Parallel()
	own(func(d *ast.Definition) {
		if d.Description == "" {
			t.Errorf("%s has no description", d.Name)
		}
		for _, f := range d.Fields {
			if f.Description == "" && !strings.HasPrefix(f.Name, "__") {
				t.Errorf("%s.%s has no description", d.Name, f.Name)
			}
			for _, a := range f.Arguments {
				if a.Description == "" && !strings.HasPrefix(f.Name, "__") {
					t.Errorf("%s.%s(%s) has no description", d.Name, f.Name, a.Name)
				}
			}
		}
		for _, v := range d.EnumValues {
			if v.Description == "" {
				t.Errorf("%s.%s has no description", d.Name, v.Name)
			}
		}
	})
}

func TestMutationsTakeOneInputAndReturnOnePayload(t *testing.T) {
	t.Parallel()
	s := schema()
	for _, f := range s.Mutation.Fields {
		title := strings.ToUpper(f.Name[:1]) + f.Name[1:]
		if f.Type.String() != title+"Payload" {
			t.Errorf("%s returns %s", f.Name, f.Type)
			continue
		}
		if len(f.Arguments) > 1 || len(f.Arguments) == 1 && (f.Arguments[0].Name != "input" || f.Arguments[0].Type.String() != title+"Input!") {
			t.Errorf("%s takes %v", f.Name, f.Arguments)
		}
		if len(f.Arguments) == 0 {
			if f.Directives.ForName("idempotent") != nil {
				t.Errorf("%s is @idempotent without an input", f.Name)
			}
			continue
		}
		errors := s.Types[title+"Payload"].Fields.ForName("userErrors")
		if errors == nil || !slices.Contains(s.Types[errors.Type.Name()].Interfaces, "UserError") {
			t.Errorf("%s takes input and its payload has no userErrors", f.Name)
		}
		key := s.Types[title+"Input"].Fields.ForName("idempotencyKey")
		if marked := f.Directives.ForName("idempotent") != nil; marked != (key != nil && key.Type.String() == "String!") {
			t.Errorf("%s: @idempotent and idempotencyKey: String! go together", f.Name)
		}
	}
}

// A reply may be lost. Whoever sends a mutation again must know what that does.
func TestEveryMutationSaysWhatItDoesWhenItIsSentAgain(t *testing.T) {
	t.Parallel()
	for _, f := range schema().Mutation.Fields {
		idempotent, repeatable := f.Directives.ForName("idempotent") != nil, f.Directives.ForName("repeatable") != nil
		if idempotent == repeatable {
			t.Errorf("%s: @idempotent %v, @repeatable %v; it must be one of the two", f.Name, idempotent, repeatable)
		}
		if repeatable && !strings.Contains(f.Description, "Sent again") {
			t.Errorf("%s: the description does not say what it does when it is sent again", f.Name)
		}
	}
}

func TestListsAreConnections(t *testing.T) {
	t.Parallel()
	s := schema()
	own(func(d *ast.Definition) {
		for _, f := range d.Fields {
			if !strings.HasSuffix(f.Type.Name(), "Connection") {
				continue
			}
			for _, argument := range []string{"first", "after"} {
				if f.Arguments.ForName(argument) == nil {
					t.Errorf("%s.%s has no argument %s", d.Name, f.Name, argument)
				}
			}
			for _, part := range []string{"edges", "nodes", "pageInfo", "totalCount"} {
				if s.Types[f.Type.Name()].Fields.ForName(part) == nil {
					t.Errorf("%s has no %s", f.Type.Name(), part)
				}
			}
		}
	})
}

func TestThePermissionsOfTheSchemaAreThoseOfTheDomain(t *testing.T) {
	t.Parallel()
	var inSchema, inDomain []string
	for _, v := range schema().Types["Permission"].EnumValues {
		inSchema = append(inSchema, v.Name)
	}
	for _, p := range domain.Permissions {
		inDomain = append(inDomain, strings.ToUpper(strings.ReplaceAll(string(p), ".", "_")))
	}
	if !slices.Equal(inSchema, inDomain) {
		t.Errorf("schema %v\ndomain %v", inSchema, inDomain)
	}
}

// gqlgen notices an unset guard only when a query meets it.
func TestEveryGuardIsSet(t *testing.T) {
	t.Parallel()
	all := directives.All()
	for name, set := range map[string]bool{
		"authenticated": all.Authenticated != nil, "hasPermission": all.HasPermission != nil, "hasRole": all.HasRole != nil,
		"self": all.Self != nil, "contentAccess": all.ContentAccess != nil,
	} {
		if !set || !slices.Contains(guards, name) {
			t.Errorf("%s is not set", name)
		}
	}
	for name := range schema().Directives {
		known := append([]string{"cost", "idempotent", "repeatable", "goField", "include", "skip", "deprecated", "specifiedBy", "oneOf", "defer"}, guards...)
		if !slices.Contains(known, name) {
			t.Errorf("directive @%s is new: is it a guard?", name)
		}
	}
}
