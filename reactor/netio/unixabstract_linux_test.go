package netio_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/reactor/netio"
)

// The longest abstract name works for both ends, and a longer one is told by its length.
func TestAbstractNames(t *testing.T) {
	const most = 107
	name := fmt.Sprintf("@%d-", os.Getpid())
	name += strings.Repeat("a", most-len(name))
	l, err := netio.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := await(t, netio.Dial("unix", name))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.RemoteAddr().String(); got != name {
		t.Errorf("the peer's address is %q, want %q", got, name)
	}
	c.Close()
	_, listening := netio.Listen("unix", name+"a")
	_, dialling := await(t, netio.Dial("unix", name+"a"))
	for _, err := range []error{listening, dialling} {
		if err == nil || !strings.Contains(err.Error(), "a path of 108 bytes") {
			t.Errorf("a name of 108 bytes: %v", err)
		}
	}
}
