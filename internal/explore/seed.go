package explore

import (
	"fmt"
	"strconv"
	"strings"
)

// A schedule is written as its threads in the order of their steps, a for the
// first, each with the number of steps it does in a row: a3b12a is 3 steps of the
// first thread, 12 of the second and one of the first.

func (e *engine) seed() string {
	var b strings.Builder
	for i := 0; i < e.depth; {
		n := 1
		for i+n < e.depth && e.nodes[i+n].chosen == e.nodes[i].chosen {
			n++
		}
		b.WriteByte(byte('a' + e.nodes[i].chosen))
		if n > 1 {
			b.WriteString(strconv.Itoa(n))
		}
		i += n
	}
	if b.Len() == 0 {
		return "-" // failed before the first step
	}
	return b.String()
}

func parseSeed(s string) ([]int, error) {
	var choices []int
	if s == "-" {
		return nil, nil
	}
	for s != "" {
		t := int(s[0]) - 'a'
		if t < 0 || t >= MaxThreads {
			return nil, fmt.Errorf("explore: %q in a schedule is no thread", s[0])
		}
		digits := len(s[1:]) - len(strings.TrimLeft(s[1:], "0123456789"))
		n := 1
		if digits > 0 {
			var err error
			if n, err = strconv.Atoi(s[1 : 1+digits]); err != nil || n > 1_000_000 {
				return nil, fmt.Errorf("explore: %s in a schedule is no number of steps", s[1:1+digits])
			}
		}
		for range n {
			choices = append(choices, t)
		}
		s = s[1+digits:]
	}
	return choices, nil
}

// replay runs one schedule and records it.
func (e *engine) replay(seed string) {
	choices, err := parseSeed(seed)
	e.rec = &recorder{eng: e}
	if err != nil {
		e.result.Failure = &Failure{Kind: Nondeterminism, Message: err.Error(), Seed: seed}
		return
	}
	e.reduce = false
	e.nodes = e.nodes[:0]
	e.pick = func(e *engine, ready set, usual int) int {
		if e.depth < len(choices) {
			return choices[e.depth]
		}
		return usual
	}
	e.once()
}
