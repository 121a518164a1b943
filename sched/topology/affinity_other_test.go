//go:build !linux

package topology

import (
	"errors"
	"testing"
)

func TestPinUnsupported(t *testing.T) {
	if _, err := Pin(0); !errors.Is(err, ErrUnsupported) || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Pin says %v", err)
	}
}
