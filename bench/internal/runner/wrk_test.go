package runner

import (
	"encoding/json"
	"testing"
)

func TestJSONOrder(t *testing.T) {
	order := jsonOrder()
	if !json.Valid([]byte(order)) || len(order) != 1024 {
		t.Errorf("%d bytes: %s", len(order), order)
	}
}
