package html

import (
	_ "embed"
	"html/template"
	"io"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

var (
	//go:embed page.tmpl
	page string
	//go:embed page.css
	style string
	//go:embed page.js
	script string

	//go:embed uplot/uPlot.iife.min.js
	uplotScript string
	//go:embed uplot/uPlot.min.css
	uplotStyle string
	//go:embed uplot/LICENSE
	uplotLicense string
)

var parsed = template.Must(template.New("page").Funcs(template.FuncMap{
	"style":  func() template.CSS { return template.CSS(uplotStyle + style) },
	"uplot":  func() template.JS { return template.JS("/*\nuPlot\n" + uplotLicense + "*/\n" + uplotScript) },
	"script": func() template.JS { return template.JS(script) },
	"number": number,
}).Parse(page))

// Write writes the page.
func Write(w io.Writer, r *stats.Report) error { return parsed.Execute(w, newView(r)) }
