package suites

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The names of our own peers.
const (
	Magpie      = "magpie"
	MagpieAsync = "magpie-async" // the async-function style, where there are two
	Magpie1     = "magpie-1w"    // with one and with two workers, where both are measured
	Magpie2     = "magpie-2w"
	Go          = "go"
	GoSeq       = "go-seq" // the sequential program
)

// IsMagpie reports whether a peer is magpie in whatever form.
func IsMagpie(peer string) bool { return peer == Magpie || strings.HasPrefix(peer, Magpie+"-") }

// counted is a peer that is named by its workers, threads or Ps: magpie-2w, tbb-1t-group.
var counted = regexp.MustCompile(`-(\d+)[wtp](-|$)`)

// Threads returns how many workers, threads or Ps a peer has by its name, 0 if that does not
// tell.
func Threads(peer string) int {
	m := counted.FindStringSubmatch(peer)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return n
}

// Counterpart returns which magpie a peer is compared with in tables, if magpie is measured
// with several numbers of workers: the one that has as many, or one worker if the peer's name
// tells nothing, as that of a sequential program.
func Counterpart(peer string) string { return fmt.Sprintf("%s-%dw", Magpie, max(Threads(peer), 1)) }
