package main

var (
	webFiles      = test{pkg: "./serve/web", run: "TestFilesA|TestFilesThat"}
	webFileModels = test{pkg: "./serve/web", run: "Model", tags: "explore"}
)

// The files that package web keeps open.
var webFileMutants = []mutant{
	{
		name: "web/a-pipe-is-opened",
		file: "serve/web/files.go",
		old:  `	if !info.Mode().IsRegular() && !info.IsDir() {`,
		new:  `	if info == nil {`,
		test: test{pkg: "./serve/web", run: "TestFilesThatAreNone"},
	},
	{
		name:  "web/a-file-that-is-sent-is-closed",
		file:  "serve/web/filecache.go",
		old:   `	if f.users == 0 {`,
		new:   `	if true {`,
		test:  webFileModels,
		short: true,
	},
	{
		name: "web/who-sends-a-file-last-leaves-it-open",
		file: "serve/web/filecache.go",
		old:  `last := f.out && f.users == 0`,
		new:  `last := false`,
		test: webFileModels,
	},
	{
		name: "web/a-file-is-closed-whenever-nobody-sends-it",
		file: "serve/web/filecache.go",
		old:  `last := f.out && f.users == 0`,
		new:  `last := f.users == 0`,
		test: webFileModels,
	},
	{
		name: "web/who-takes-a-file-is-not-counted-under-the-lock",
		file: "serve/web/filecache.go",
		old: `	c.lock.Lock()
	defer c.lock.Unlock()
	f := c.open[string(name)]
	if f == nil || now-f.checked > 1 {
		return nil
	}
	f.users++`,
		new: `	c.lock.Lock()
	f := c.open[string(name)]
	c.lock.Unlock()
	if f == nil || now-f.checked > 1 {
		return nil
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	f.users++`,
		test: webFileModels,
	},
	{
		name: "web/a-file-that-is-replaced-stays-open",
		file: "serve/web/filecache.go",
		old:  `gone = c.remove(gone, name, old)`,
		new:  `c.remove(gone, name, old)`,
		test: webFileModels,
	},
	{
		name: "web/a-file-that-is-another-is-taken-for-the-one-that-was",
		file: "serve/web/filecache.go",
		old:  `	if f == nil || !f.is(info) {`,
		new:  `	if f == nil {`,
		test: webFiles,
	},
	{
		name: "web/files-stay-open-without-end",
		file: "serve/web/filecache.go",
		old:  `	if len(c.open) >= maxOpenFiles {`,
		new:  `	if false {`,
		test: webFiles,
	},
	{
		name: "web/a-file-of-which-nobody-asks-stays-open",
		file: "serve/web/filecache.go",
		old:  `now == 0 || now-f.taken > fileStays`,
		new:  `now == 0`,
		test: webFiles,
	},
	{
		name: "web/a-client-that-resets-keeps-its-file",
		file: "serve/web/sendfile.go",
		old: `	s.letGo()
}

func`,
		new: `}

func`,
		test: webFiles,
	},
}
