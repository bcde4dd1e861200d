package app

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"lyceum/auth"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/gateways/blobs"
	"lyceum/gateways/markup"
)

// openBlobs opens the file store: LYCEUM_BLOBS, or a folder in the data folder.
func openBlobs(ctx context.Context, c *Config) (*blobs.Store, error) {
	at := c.Blobs
	if at == "" {
		var err error
		if at, err = blobs.FolderURL(filepath.Join(c.DataDir, "files")); err != nil {
			return nil, err
		}
	}
	return blobs.Open(ctx, at)
}

// openFiles opens what serving files needs.
func (a *App) openFiles(ctx context.Context) (err error) {
	if a.links, err = newFileLinks(a.config, a.resolver.Reader, a.clock.now); err != nil {
		return err
	}
	a.resolver.Links, a.resolver.HTML = a.links, markup.New()
	a.blobs, err = openBlobs(ctx, a.config)
	return err
}

// file answers a signed link: the file, if the user that the link was made for may open its item right now.
func (a *App) file(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), deadline)
	defer cancel()
	f, file, err := a.fileFor(ctx, r)
	if err != nil {
		a.refuseFile(w, r, err)
		return
	}
	defer file.Close() // it was only read
	h := w.Header()
	h.Set("Content-Type", content.AnyMediaType)
	disposition := "attachment"
	if content.Inline(f.MediaType) {
		h.Set("Content-Type", f.MediaType)
		disposition = "inline"
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name}))
	// Whatever it is, it runs nothing and loads nothing. Browsers' viewers of PDF do not work in a sandbox.
	if f.MediaType != "application/pdf" {
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
	}
	h.Set("Cache-Control", "private, no-cache") // kept, and asked for again: what was revoked is gone at once
	h.Set("ETag", `"`+f.Sum+`"`)
	http.ServeContent(w, r, "", time.Time{}, told{file, func(err error) {
		if r.Context().Err() == nil { // else the client has gone
			a.log.ErrorContext(r.Context(), "a file cannot be read to its end", "request", auth.RequestID(r.Context()), "file", f.Sum, "error", err)
		}
	}})
}

// told is a file whose reading tells errors: http.ServeContent ends the answer in the middle and says nothing.
type told struct {
	io.ReadSeeker
	failed func(error)
}

func (f told) Read(b []byte) (int, error) {
	n, err := f.ReadSeeker.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		f.failed(err)
	}
	return n, err
}

// fileFor is the file that a request's link leads to. Errors: those of content.Downloads, OVERLOADED, UNAVAILABLE, TIMEOUT.
func (a *App) fileFor(ctx context.Context, r *http.Request) (*content.File, io.ReadSeekCloser, error) {
	link := sent(r)
	f, err := a.links.File(ctx, link)
	if err != nil {
		return nil, nil, err
	}
	file, err := a.blobs.Get(r.Context(), f.Sum)
	if err != nil {
		a.log.ErrorContext(r.Context(), "a file is missing in the file store", "file", f.Sum, "item", link.Item, "error", err)
	}
	return f, file, err
}

func (a *App) refuseFile(w http.ResponseWriter, r *http.Request, err error) {
	status, known := map[domain.Code]int{
		domain.CodeForbidden: http.StatusForbidden, domain.CodeLocked: http.StatusForbidden, domain.CodeNotFound: http.StatusNotFound,
		domain.CodeOverloaded: http.StatusServiceUnavailable, domain.CodeTimeout: http.StatusServiceUnavailable,
		domain.CodeUnavailable: http.StatusServiceUnavailable, domain.CodeInvalid: http.StatusNotFound,
	}[domain.CodeOf(err)]
	if !known {
		a.log.ErrorContext(r.Context(), "file", "request", auth.RequestID(r.Context()), "error", err)
		refuse(w, http.StatusInternalServerError, domain.CodeInternal, "an internal error occurred; it was logged under this request id")
		return
	}
	message, _, _ := strings.Cut(err.Error(), " (") // what stands in brackets is for the log
	refuse(w, status, domain.CodeOf(err), message)
}
