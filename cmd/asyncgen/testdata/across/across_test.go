package main

import (
	"testing"

	"github.com/magpie-go/magpie/future"
)

//magpie:async
func inTest(co *future.Co) (int, error) {
	return 3, run(co)
}

func TestInTest(t *testing.T) {
	m := inTestAsync()
	if v, err := future.BlockOn(&m); v != 3 || err != nil {
		t.Error(v, err)
	}
}
