package cli

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/server"
	"github.com/magpie-go/magpie/sched"
)

// What serve prints is what run takes, whatever the path of the socket is.
func TestTheURLOfAServerIsATarget(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := rt.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	type address struct{ network, at string }
	addresses := []address{{"tcp", "127.0.0.1:0"}, {"tcp", "[::1]:0"}, {"tcp", "localhost:0"}}
	if runtime.GOOS != "windows" {
		dir := t.TempDir()
		t.Chdir(dir)
		for _, name := range []string{
			"s", "a b", "a+b", "100%", "%41", "a?b", "a#b", "a:b", "a&b;c", "@a", "-a", "ä", "\xff", "a\nb", "[::1]", "'\"$", "a@b", "a=b\\",
		} {
			addresses = append(addresses, address{"unix", filepath.Join(dir, name)})
			if name[0] != '@' {
				addresses = append(addresses, address{"unix", name})
			}
		}
	}
	if runtime.GOOS == "linux" {
		addresses = append(addresses, address{"unix", "@magpie loadgen/test %"}, address{"tcp", ":0"}, address{"tcp", "0.0.0.0:0"})
	}
	for _, a := range addresses {
		for _, mode := range []server.Mode{server.Echo, server.HTTP} {
			s, err := server.Listen(rt, server.Config{Mode: mode}, a.network, a.at)
			if err != nil {
				t.Fatalf("%q: %v", a.at, err)
			}
			target, err := engine.ParseTarget(s.URL())
			if err != nil {
				t.Errorf("%q: %v", a.at, err)
			} else {
				r, err := engine.Run(t.Context(), rt, engine.Config{
					Target: target, Connections: 1, Requests: 3, Timeout: time.Minute, Size: 64, Method: "GET",
				})
				if err != nil || r.Succeeded != 3 || r.Failed != 0 {
					t.Errorf("%v on %q, printed as %s: %v, %+v", mode, a.at, s.URL(), err, r)
				}
			}
			if err := s.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}
