package playground

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed pages/*.js pages/*.css pages/*.svg third_party/*.js third_party/*.css
var files embed.FS

// prefix is where assets are served.
const prefix = "/playground/assets/"

// asset is a file that a page may ask for.
type asset struct {
	kind, hash string
	body       []byte
	packed     func() []byte // with gzip, made when first asked for
}

// byPath has each asset under the path with its hash; paths has that path under the plain name, for the pages.
var byPath, paths = load()

// The types are named here, since those of the machine may differ.
var kinds = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}

func load() (map[string]*asset, map[string]string) {
	assets, paths := map[string]*asset{}, map[string]string{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		a := &asset{kind: kinds[path.Ext(name)], hash: hex.EncodeToString(sum[:8]), body: body}
		a.packed = sync.OnceValue(func() []byte { return pack(body) })
		base := path.Base(name)
		at := prefix + strings.TrimSuffix(base, path.Ext(base)) + "." + a.hash + path.Ext(base)
		assets[at], paths[base] = a, at
		return nil
	})
	if err != nil {
		panic(err) // what is embedded can be read
	}
	return assets, paths
}

func pack(body []byte) []byte {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is known
	_, _ = w.Write(body)                                       // memory does not fail
	_ = w.Close()                                              // as above
	return packed.Bytes()
}

// Assets serves the pages' scripts and styles. A path holds the hash of its content, so browsers may keep it for ever;
// any other path is not found.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := byPath[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		body, tag := a.body, a.hash
		if takesGzip(r) {
			body, tag = a.packed(), tag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("ETag", `"`+tag+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}

// takesGzip reads Accept-Encoding as far as browsers and proxies use it.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" {
			return strings.Trim(strings.TrimPrefix(strings.TrimSpace(weight), "q="), "0.") != "" || weight == ""
		}
	}
	return false
}
