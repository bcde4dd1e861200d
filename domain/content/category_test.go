package content

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"lyceum/domain"
)

func reasonOf(err error) string {
	if e, ok := domain.AsUserError(err); ok {
		return string(e.Code) + " " + e.Reason + " " + strings.Join(e.Path, ".")
	}
	return ""
}

func TestACategoryHasANameOfOneLineWithoutMarkup(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ given, want, wrong string }{
		"plain":             {"Deep learning", "Deep learning", ""},
		"blanks around":     {"  Deep learning\t", "Deep learning", ""},
		"other scripts":     {"深度学习 & Café", "深度学习 & Café", ""},
		"a sign of less":    {"Loss < 0.1 and 3<4", "Loss < 0.1 and 3<4", ""},
		"200 characters":    {strings.Repeat("ü", 200), strings.Repeat("ü", 200), ""},
		"201 characters":    {strings.Repeat("ü", 201), "", "INVALID TOO_LONG name"},
		"nothing":           {"", "", "INVALID NAME_INVALID name"},
		"blanks":            {" \n ", "", "INVALID NAME_INVALID name"},
		"NUL":               {"a\x00b", "", "INVALID NAME_INVALID name"},
		"two lines":         {"a\nb", "", "INVALID NAME_INVALID name"},
		"half a pair":       {"a\uFFFDb", "", "INVALID NAME_INVALID name"},
		"no UTF-8":          {"a\xffb", "", "INVALID NAME_INVALID name"},
		"an element":        {"a <b>bold</b> name", "", "INVALID NAME_INVALID name"},
		"a script":          {"<script>alert(1)</script>", "", "INVALID NAME_INVALID name"},
		"a line of its own": {"a\u2028b", "", "INVALID NAME_INVALID name"},
	} {
		k, err := newCategory(CreateCategoryCommand{Name: c.given})
		if reasonOf(err) != c.wrong || c.wrong == "" && k.Name != c.want {
			t.Errorf("%s: %q, %v", name, k.Name, err)
		}
	}
}

func TestASlugIsMadeOfANameOrChosen(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Deep Learning!": "deep-learning", "深度学习": "category", "Café 3": "cafe-3", strings.Repeat("a-", 100): strings.Repeat("a-", 59) + "a",
	} {
		if got := slugFrom(name, "category"); got != want || !chosenSlug.MatchString(got) {
			t.Errorf("%q becomes %q", name, got)
		}
	}
	for _, bad := range []string{"", "A", "a--b", "-a", "a-", "a b", "ü", strings.Repeat("a", 121)} {
		if _, err := slugIn(bad); reasonOf(err) != "INVALID SLUG_INVALID slug" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if got := free("a", []string{"a", "a-2", "b"}); got != "a-3" {
		t.Error(got)
	}
}

func TestAnOrderNamesAllCategoriesOnce(t *testing.T) {
	t.Parallel()
	ids := make([]domain.CategoryID, 4)
	for i := range ids {
		ids[i] = domain.CategoryID{UUID: uuid.New()}
	}
	there := ids[:3]
	for name, c := range map[string]struct {
		given []domain.CategoryID
		want  string
	}{
		"all":       {[]domain.CategoryID{ids[2], ids[0], ids[1]}, ""},
		"nothing":   {nil, "INVALID LIST_SIZE categoryIds"},
		"one twice": {[]domain.CategoryID{ids[0], ids[0], ids[1]}, "INVALID LIST_SIZE categoryIds"},
		"too few":   {ids[:2], "CONFLICT ORDER_INCOMPLETE categoryIds"},
		"too many":  {ids, "CONFLICT ORDER_INCOMPLETE categoryIds"},
		"another":   {ids[1:], "CONFLICT ORDER_INCOMPLETE categoryIds"},
		"thousands": {make([]domain.CategoryID, 1001), "INVALID LIST_SIZE categoryIds"},
	} {
		if err := checkOrder(c.given, there); reasonOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
