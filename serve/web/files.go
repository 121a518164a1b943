package web

import (
	"net/http"
	"os"
)

// Files returns a handler that answers with the files below root, by the rules of [http.FileServer]: types, ranges, conditional
// requests, index.html, and lists of folders. No path leads out of root, nor does a symbolic link. Of the path in the URL
// prefix is left out. The system sends larger files from its cache. It runs as [Standard] says.
func Files(root *os.Root, prefix string) Handler {
	if root == nil {
		panic("web: Files of a nil *os.Root; os.OpenRoot returns one")
	}
	return Standard(http.StripPrefix(prefix, http.FileServer(rootFiles{root})))
}

// rootFiles is an http.FileSystem whose files are *os.File, which can be sent by the system.
type rootFiles struct{ root *os.Root }

// Open implements http.FileSystem.
func (r rootFiles) Open(name string) (http.File, error) {
	for len(name) > 0 && name[0] == '/' {
		name = name[1:]
	}
	if name == "" {
		name = "."
	}
	f, err := r.root.Open(name)
	if err != nil {
		return nil, err // not a nil *os.File
	}
	return f, nil
}
