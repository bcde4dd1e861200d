package courses

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"

	"lyceum/domain/content"
)

const sniffed = 512

// describe is what is known of a file that is in memory.
func describe(name string, data []byte) content.File {
	sum := sha256.Sum256(data)
	head := data[:min(len(data), sniffed)]
	return content.File{
		Name: cutName(name), Sum: hex.EncodeToString(sum[:]), Bytes: int64(len(data)),
		MediaType: content.MediaTypeOf(name, http.DetectContentType(head), head),
	}
}

// file reads a file of the folder once, for its sum, and remembers how to open it. It answers why it cannot be had.
func (r *reader) file(name string) (reason string) {
	if _, known := r.out.Files[name]; known {
		return ""
	}
	data, err := r.readLimited(name, maxFile)
	if err != nil {
		return err.Error()
	}
	r.out.Files[name] = content.SourceFile{File: describe(path.Base(name), data), Open: func() (io.ReadCloser, error) {
		f, err := r.fsys.Open(name)
		if err != nil {
			return nil, err
		}
		return limited{io.LimitReader(f, maxFile+1), f}, nil
	}}
	return ""
}

type limited struct {
	io.Reader
	fs.File
}

func (l limited) Read(p []byte) (int, error) { return l.Reader.Read(p) }

// maxName is what a file system takes.
const maxName = 200

func cutName(name string) string {
	if len(name) <= maxName {
		return name
	}
	extension := path.Ext(name)
	if len(extension) > 10 {
		extension = ""
	}
	return cutBytes(name, maxName-len(extension)) + extension
}

func cutBytes(s string, n int) string {
	cut := 0
	for i := range s {
		if i > n {
			break
		}
		cut = i
	}
	return s[:cut]
}

// pictureID names what a notebook's cell shows, as no path does.
func pictureID(notebook string, i int) string { return notebook + "\x00" + strconv.Itoa(i) }

// picturePrefix is how a notebook's text points at its own images until they are files.
const picturePrefix = "notebook-image:"

func pictureRef(i int) string { return fmt.Sprintf("%s%d", picturePrefix, i) }
