// Package html writes a report as one page that needs nothing else: no network, no server, no files beside it.
//
// What is drawn is computed here ([view]); the page's script only draws it, with uPlot, which is embedded
// (see uplot/LICENSE).
package html
