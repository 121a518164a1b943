// Package conformance runs magpie through tests that others have written for what it takes the place of, and has their clients talk to its
// servers. It is a module of its own, as magpie needs none of what they are made of.
package conformance
