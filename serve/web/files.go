package web

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"
	"syscall"

	"github.com/magpie-go/magpie/wire/http1"
)

// Files returns a handler that answers with the files below root, by the rules of [http.FileServer]: types, ranges, conditional
// requests, index.html, and lists of folders. No path leads out of root, nor does a symbolic link. Of the path in the URL
// prefix is left out.
//
// A file that was asked for stays open for some seconds, one of less than 16 KB in memory. Until a second has passed it is
// taken for what it was, and sent from the worker, by the system from its cache: that allocates nothing, and what is not in memory is read on
// netio.DiskPool. What is asked for the first time or a second later, ranges, most conditional requests, folders, and all files under TLS run as
// [Standard] says.
func Files(root *os.Root, prefix string) Handler {
	if root == nil {
		panic("web: Files of a nil *os.Root; os.OpenRoot returns one")
	}
	return newFileCache(root).handler(prefix)
}

func (c *fileCache) handler(prefix string) Handler {
	standard := Standard(http.StripPrefix(prefix, http.FileServer(rootFiles{c})))
	return func(w *Response, r *Request) {
		clock := r.x.c.srv.clock
		if name := fileName(w, r, prefix); name != nil {
			if f := c.take(name, clock.second.Load().unix); f != nil {
				w.file(f, r)
				return
			}
		}
		clock.watch(c)
		standard(w, r)
	}
}

// fileName returns the name of the file that a request asks for, if it asks for no more than that file; else nil.
func fileName(w *Response, r *Request, prefix string) []byte {
	switch m := r.msg.Method(); string(m) {
	case "GET", "HEAD":
	default:
		return nil
	}
	name := r.msg.Path()
	if !isPlain(name) || !r.msg.Done() || w.gzip || r.x.c.Secure() != nil || !bytes.HasPrefix(name, []byte(prefix)) {
		return nil
	}
	name = name[len(prefix):]
	if len(name) == 0 || name[0] != '/' || name[len(name)-1] == '/' || bytes.HasSuffix(name, indexPage) {
		return nil
	}
	for i := range r.msg.Len() {
		field, _ := r.msg.Field(i)
		for _, special := range [...]string{"If-Match", "If-None-Match", "If-Unmodified-Since", "If-Range", "Range"} {
			if len(field) == len(special) && http1.EqualFold(field, special) {
				return nil
			}
		}
	}
	return name
}

var indexPage = []byte("/index.html")

// file makes the answer one with a file, which it lets go in the end.
func (w *Response) file(f *openFile, r *Request) {
	w.fields = append(w.fields, f.modified...)
	if since := r.Get("If-Modified-Since"); len(since) > 0 {
		if t, err := http.ParseTime(string(since)); err == nil && f.at.Unix() <= t.Unix() {
			f.cache.letGo(f)
			w.hasTyp, w.typ = true, ""
			w.SetStatus(http.StatusNotModified)
			return
		}
	}
	w.fields = append(w.fields, "Accept-Ranges: bytes\r\n"...)
	w.hasTyp, w.typ = true, f.typ
	switch {
	case r.msg.IsHead():
		w.SetLength(f.size)
	case f.content != nil:
		w.SetContent(f.content)
	default:
		w.SetLength(f.size)
		w.sending = sending{w: w, file: f}
		w.Await(&w.sending)
		return
	}
	f.cache.letGo(f)
}

// rootFiles is an http.FileSystem whose files are *os.File, which can be sent by the system.
type rootFiles struct{ cache *fileCache }

// Open implements http.FileSystem. It blocks.
func (r rootFiles) Open(name string) (http.File, error) {
	below := inRoot(name)
	info, err := r.cache.root.Stat(below)
	if err != nil {
		return nil, noFile(err)
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, fs.ErrNotExist // to open a pipe waits for its other end, perhaps for ever
	}
	f, err := r.cache.root.Open(below)
	if err != nil {
		return nil, noFile(err) // not a nil *os.File
	}
	r.cache.note(name, f)
	return f, nil
}

// noFile returns fs.ErrNotExist for a name that no file can have, which is the client's fault: below a file, too long, with a zero byte.
func noFile(err error) error {
	for _, never := range [...]error{syscall.ENOTDIR, syscall.ENAMETOOLONG, syscall.EINVAL} {
		if errors.Is(err, never) {
			return fs.ErrNotExist
		}
	}
	return err
}

// inRoot returns the name below a root of what a path stands for.
func inRoot(name string) string {
	if name = strings.TrimLeft(name, "/"); name == "" {
		return "."
	}
	return name
}

// sniffed returns the type of a file by its name, or by how it begins, as http.FileServer does.
func sniffed(name string, f *os.File) (string, error) {
	if typ := mime.TypeByExtension(path.Ext(name)); typ != "" {
		return typ, nil
	}
	var begin [512]byte
	n, err := f.ReadAt(begin[:], 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	return http.DetectContentType(begin[:n]), nil
}
