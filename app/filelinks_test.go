package app

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
	"lyceum/domain/content"
)

func TestTheAddressOfAFileSaysItsLink(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 3, 0, 0, time.UTC)
	l, err := newFileLinks(&Config{DataDir: t.TempDir(), PublicURL: "https://school.example/"}, nil, domain.FixedClock(now))
	if err != nil {
		t.Fatal(err)
	}
	viewer, item, sum := domain.UserID{UUID: uuid.New()}, domain.ItemID{UUID: uuid.New()}, strings.Repeat("ab", 32)
	address := l.FileLink(viewer, item, sum)
	if !strings.HasPrefix(address, "https://school.example/files/item_") {
		t.Error(address)
	}
	var got content.FileLink
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+filesPath+"{item}/{sum}", func(_ http.ResponseWriter, r *http.Request) { got = sent(r) })
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil))
	if want := l.Link(viewer, item, sum); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// half is a file whose disk gives up.
type half struct{ io.Reader }

func (half) Seek(int64, int) (int64, error) { return 0, nil }

func TestAFileThatCannotBeReadToItsEndIsTold(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk gave up")
	for _, c := range []struct {
		rest io.Reader
		want error
	}{{strings.NewReader(""), nil}, {iotest.ErrReader(broken), broken}} {
		var heard error
		_, err := io.Copy(io.Discard, told{half{io.MultiReader(strings.NewReader("begin"), c.rest)}, func(err error) { heard = err }})
		if !errors.Is(err, c.want) || !errors.Is(heard, c.want) {
			t.Errorf("%v, heard %v, want %v", err, heard, c.want)
		}
	}
}
