package serve

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// maxFindings is how many errors of a document are looked for. Validation could find more of them than the document has
// characters; it stops here.
const maxFindings = 100

// everyRule are the rules of the specification, with suggestions. A test holds the list against the library's.
var everyRule = []core.Rule{
	rules.FieldsOnCorrectTypeRule, rules.FragmentsOnCompositeTypesRule, rules.KnownArgumentNamesRule, rules.KnownDirectivesRule,
	rules.KnownFragmentNamesRule, rules.KnownRootTypeRule, rules.KnownTypeNamesRule, rules.LoneAnonymousOperationRule,
	rules.MaxIntrospectionDepth, rules.NoFragmentCyclesRule, rules.NoUndefinedVariablesRule, rules.NoUnusedFragmentsRule,
	rules.NoUnusedVariablesRule, rules.OverlappingFieldsCanBeMergedRule, rules.PossibleFragmentSpreadsRule,
	rules.ProvidedRequiredArgumentsRule, rules.ScalarLeafsRule, rules.SingleFieldSubscriptionsRule, rules.UniqueArgumentNamesRule,
	rules.UniqueDirectivesPerLocationRule, rules.UniqueFragmentNamesRule, rules.UniqueInputFieldNamesRule,
	rules.UniqueOperationNamesRule, rules.UniqueVariableNamesRule, rules.ValuesOfCorrectTypeRule, rules.VariablesAreInputTypesRule,
	rules.VariablesInAllowedPositionRule,
}

// plainRules stand in for those that look for suggestions, which takes time even where nobody is told.
var plainRules = map[string]core.Rule{
	"FieldsOnCorrectType": rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
	"KnownArgumentNames":  rules.KnownArgumentNamesRuleWithoutSuggestions,
	"KnownTypeNames":      rules.KnownTypeNamesRuleWithoutSuggestions,
	"ScalarLeafs":         rules.ScalarLeafsRuleWithoutSuggestions,
	"ValuesOfCorrectType": rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
}

// quotesOnlyWhatWasSent are the rules whose messages name nothing of the schema that the document does not name.
var quotesOnlyWhatWasSent = map[string]bool{
	"FragmentsOnCompositeTypes": true, "KnownDirectives": true, "KnownFragmentNames": true, "KnownRootType": true, "KnownTypeNames": true,
	"LoneAnonymousOperation": true, "MaxIntrospectionDepth": true, "NoFragmentCycles": true, "NoUndefinedVariables": true,
	"NoUnusedFragments": true, "NoUnusedVariables": true, "UniqueArgumentNames": true, "UniqueDirectivesPerLocation": true,
	"UniqueFragmentNames": true, "UniqueInputFieldNames": true, "UniqueOperationNames": true, "UniqueVariableNames": true,
	"VariablesAreInputTypes": true,
}

// withoutNames are the messages of the other rules for whoever may not introspect; each is followed by what stands at its
// place in the document. A rule that is in neither list gets unfit.
var withoutNames = map[string]string{
	"FieldsOnCorrectType":          "there is no such field here",
	"KnownArgumentNames":           "there is no such argument here",
	"OverlappingFieldsCanBeMerged": "these fields would be answered under one name; give them different aliases",
	"PossibleFragmentSpreads":      "this fragment can never apply here",
	"ProvidedRequiredArguments":    "a required argument is missing",
	"ScalarLeafs":                  "this field needs a selection of fields, or can have none",
	"SingleFieldSubscriptions":     "a subscription selects one field",
	"ValuesOfCorrectType":          "this value does not fit where it stands",
	"VariablesInAllowedPosition":   "this variable does not fit where it stands",
}

const unfit = "this does not fit the schema"

// findings collects what is wrong with a document: the first errors, and how many there are.
type findings struct {
	text  string
	names bool // whether messages may name parts of the schema
	errs  gqlerror.List
	count int
}

// enough ends a validation that has found maxFindings.
type enough struct{}

// validate checks a parsed document against the schema.
func validate(schema *ast.Schema, text string, doc *ast.QueryDocument, names bool) gqlerror.List {
	f := &findings{text: text, names: names}
	f.run(schema, doc)
	return capped(f.errs, f.count)
}

func (f *findings) run(schema *ast.Schema, doc *ast.QueryDocument) {
	defer func() {
		if p := recover(); p != nil && p != any(enough{}) {
			panic(p)
		}
	}()
	observers := &core.Events{}
	for _, rule := range everyRule {
		run := rule
		if plain, ok := plainRules[rule.Name]; ok && !f.names {
			run = plain
		}
		run.RuleFunc(observers, f.add(rule.Name))
	}
	core.Walk(schema, doc, observers)
}

// add collects the errors of one rule. What is not shown is not put into words.
func (f *findings) add(rule string) core.AddErrFunc {
	return func(options ...core.ErrorOption) {
		if f.count++; f.count > maxFindings {
			panic(enough{})
		}
		if len(f.errs) == maxErrors {
			return
		}
		e := &gqlerror.Error{Rule: rule}
		for _, option := range options {
			option(e)
		}
		if !f.names && !quotesOnlyWhatWasSent[rule] {
			e.Message = f.without(rule, e.Locations)
		}
		f.errs = append(f.errs, e)
	}
}

// without is the message of a rule without names of the schema.
func (f *findings) without(rule string, at []gqlerror.Location) string {
	message, known := withoutNames[rule]
	if !known {
		message = unfit
	}
	if len(at) > 0 {
		if word := wordAt(f.text, at[0]); word != "" {
			message += fmt.Sprintf(": %q", word)
		}
	}
	return message
}

// wordAt is the name or number that stands at a place in a document, if one does.
func wordAt(text string, at gqlerror.Location) string {
	line := 1
	for line < at.Line && text != "" {
		end := strings.IndexAny(text, "\r\n")
		if end < 0 {
			return ""
		}
		if strings.HasPrefix(text[end:], "\r\n") {
			end++
		}
		text = text[end+1:]
		line++
	}
	column := 1
	for i, r := range text {
		if column < at.Column {
			if r == '\n' || r == '\r' {
				return ""
			}
			column++
			continue
		}
		word := text[i:]
		if end := strings.IndexFunc(word, func(r rune) bool { return !isWord(r) }); end >= 0 {
			word = word[:end]
		}
		return shortened(word, maxWord)
	}
	return ""
}

func isWord(r rune) bool {
	return r == '_' || r == '$' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
