package coord_test

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
)

// The errors can be told apart, and the ends are ends of package future, too.
func TestErrorsAreComparable(t *testing.T) {
	if !errors.Is(coord.ErrClosed, future.ErrClosed) {
		t.Error("ErrClosed is no future.ErrClosed")
	}
	all := []error{coord.ErrClosed, coord.ErrFull, coord.ErrEmpty}
	for i, a := range all {
		for j, b := range all {
			if errors.Is(a, b) != (i == j) {
				t.Errorf("%v is %v: %v", a, b, i != j)
			}
		}
	}
}
