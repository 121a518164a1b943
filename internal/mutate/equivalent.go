package main

import (
	_ "embed"
	"fmt"
	"strings"
)

// equivalents is the known faults that nobody can notice, a line each: function, operator,
// hash of the texts, and why, separated by tabs. See fault.key.
//
//go:embed equivalent.txt
var equivalents string

// parseEquivalents returns the reasons by key.
func parseEquivalents(text string) (map[string]string, error) {
	known := map[string]string{}
	for n, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, "\t", 4)
		if len(parts) != 4 || strings.TrimSpace(parts[3]) == "" {
			return nil, fmt.Errorf("equivalent.txt:%d: want function, operator, hash and reason, separated by tabs: %q", n+1, line)
		}
		key := strings.Join(parts[:3], "\t")
		if known[key] != "" {
			return nil, fmt.Errorf("equivalent.txt:%d: %s is there twice", n+1, key)
		}
		known[key] = parts[3]
	}
	return known, nil
}
