package dns_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/dns"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ netio.Resolver = (*dns.Resolver)(nil)

func must[T any](t *testing.T, f future.Future[[]T]) []T {
	t.Helper()
	v, err := future.BlockOn(f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// begin polls f, which has to wait.
func begin[T any](t *testing.T, f future.Future[T]) {
	t.Helper()
	cx := waker.FromWaker(waker.Noop())
	if p := f.Poll(&cx); p.IsReady() {
		_, err := p.Result()
		t.Fatal("ready at once: ", err)
	}
}

func TestKindsOfQuestions(t *testing.T) {
	var s server
	s.set(typeA, "host.test.", addr("192.0.2.1"), addr("192.0.2.2"))
	s.set(typeAAAA, "host.test.", addr("2001:db8::1"))
	s.set(typeTXT, "host.test.", text("one"), text("two"))
	s.set(typeMX, "host.test.", append(numbers(20), name("b.test.")...), append(numbers(10), name("a.test.")...))
	s.set(typeSRV, "_http._tcp.host.test.", append(numbers(1, 1, 8080), name("c.test.")...))
	s.set(typePTR, "1.2.0.192.in-addr.arpa.", name("host.test."))
	r := &dns.Resolver{Net: s.resolver(), Timeout: time.Minute}
	v4 := must(t, r.LookupIP("ip4", "host.test."))
	if len(v4) != 2 || !slices.Contains(v4, netip.MustParseAddr("192.0.2.1")) || !v4[0].Is4() {
		t.Errorf("IPv4: %v", v4)
	}
	if v6 := must(t, r.LookupIP("ip6", "host.test.")); !slices.Equal(v6, []netip.Addr{netip.MustParseAddr("2001:db8::1")}) {
		t.Errorf("IPv6: %v", v6)
	}
	if all := must[netip.Addr](t, r.LookupHost("host.test.")); len(all) != 3 {
		t.Errorf("both: %v", all)
	}
	if all := must[netip.Addr](t, r.LookupHost("192.0.2.7")); !slices.Equal(all, []netip.Addr{netip.MustParseAddr("192.0.2.7")}) {
		t.Errorf("an address: %v", all)
	}
	if txt := must[string](t, r.LookupTXT("host.test.")); !slices.Equal(txt, []string{"one", "two"}) {
		t.Errorf("TXT: %q", txt)
	}
	if mx := must[net.MX](t, r.LookupMX("host.test.")); len(mx) != 2 || mx[0] != (net.MX{Host: "a.test.", Pref: 10}) {
		t.Errorf("MX: %v", mx)
	}
	if srv := must[net.SRV](t, r.LookupSRV("http", "tcp", "host.test.")); len(srv) != 1 || srv[0].Target != "c.test." || srv[0].Port != 8080 {
		t.Errorf("SRV: %v", srv)
	}
	if names := must[string](t, r.LookupAddr(netip.MustParseAddr("192.0.2.1"))); !slices.Equal(names, []string{"host.test."}) {
		t.Errorf("names: %q", names)
	}
	var failed *net.DNSError
	if _, err := future.BlockOn(r.LookupTXT("nobody.test.")); !errors.As(err, &failed) || !failed.IsNotFound {
		t.Errorf("of nobody: %v", err)
	}
	if _, err := future.BlockOn(r.LookupIP("tcp", "host.test.")); err == nil {
		t.Error("an unknown family was looked up")
	}
	s.wg.Wait()
}

func TestLocalhost(t *testing.T) {
	var r dns.Resolver
	for _, a := range must[netip.Addr](t, r.LookupHost("localhost")) {
		if !a.IsLoopback() {
			t.Errorf("localhost is at %v", a)
		}
	}
}

// What was found is kept, and handed out as a copy; so is that there is nothing.
func TestAnswersAreKept(t *testing.T) {
	var s server
	s.set(typeTXT, "host.test.", text("one"))
	r := &dns.Resolver{Net: s.resolver(), TTL: time.Hour, NegativeTTL: time.Hour}
	for range 3 {
		txt := must[string](t, r.LookupTXT("host.test."))
		if txt[0] != "one" {
			t.Errorf("TXT: %q", txt)
		}
		txt[0] = "changed"
	}
	for range 3 {
		if _, err := future.BlockOn(r.LookupTXT("nobody.test.")); err == nil {
			t.Error("nobody was found")
		}
	}
	if got := r.Stats(); got.Lookups != 2 || got.Hits != 4 || got.Kept != 2 {
		t.Errorf("%+v", got)
	}
	r.Forget()
	must[string](t, r.LookupTXT("host.test."))
	if got := r.Stats(); got.Lookups != 3 || got.Kept != 1 {
		t.Errorf("after Forget: %+v", got)
	}

	none := &dns.Resolver{Net: s.resolver(), NegativeTTL: time.Nanosecond}
	for range 2 {
		must[string](t, none.LookupTXT("host.test."))
		future.BlockOn(none.LookupTXT("nobody.test."))
	}
	if got := none.Stats(); got.Lookups != 4 || got.Hits != 0 {
		t.Errorf("nothing was to be kept: %+v", got)
	}
	s.wg.Wait()
}

// The answer that was not asked for the longest time goes first.
func TestAnswersThatAreKeptAreBounded(t *testing.T) {
	var s server
	r := &dns.Resolver{Net: s.resolver(), TTL: time.Hour, Size: 2}
	for _, n := range []string{"a", "b", "a", "c", "a", "b"} {
		s.set(typeTXT, n+".test.", text(n))
		must[string](t, r.LookupTXT(n+".test."))
	}
	if got := r.Stats(); got.Lookups != 4 || got.Hits != 2 || got.Kept != 2 {
		t.Errorf("%+v", got)
	}
	s.wg.Wait()
}

// Errors that may pass are not kept.
func TestFailuresAreNotKept(t *testing.T) {
	broken := errors.New("broken")
	r := &dns.Resolver{TTL: time.Hour, NegativeTTL: time.Hour, Net: failing(broken)}
	for range 2 {
		if _, err := future.BlockOn(r.LookupTXT("host.test.")); err == nil || !strings.Contains(err.Error(), "broken") {
			t.Error(err)
		}
	}
	if got := r.Stats(); got.Lookups != 2 || got.Kept != 0 {
		t.Errorf("%+v", got)
	}
}

// Equal questions are one look-up, which goes on as long as one of those who ask does.
func TestEqualQuestionsAreAskedOnce(t *testing.T) {
	s := server{hold: make(chan struct{}), held: make(chan string, 10)}
	s.set(typeA, "host.test.", addr("192.0.2.1"))
	r := &dns.Resolver{Net: s.resolver()}
	var all []future.Future[[]netip.Addr]
	for range 5 {
		all = append(all, r.LookupIP("ip4", "host.test."))
		begin(t, all[len(all)-1])
	}
	<-s.held
	future.Drop(all[0])
	future.Drop(all[0])
	future.Drop(all[3])
	close(s.hold)
	for _, i := range []int{1, 2, 4} {
		if addrs := must(t, all[i]); len(addrs) != 1 {
			t.Errorf("found %v", addrs)
		}
	}
	if got := r.Stats(); got.Lookups != 1 || got.Shared != 4 || s.asked.Load() != 1 {
		t.Errorf("%+v, asked %d times", got, s.asked.Load())
	}
	s.wg.Wait()
}

// A look-up that everybody has given up ends, and the next who asks begins another one.
func TestLookUpThatIsGivenUp(t *testing.T) {
	s := server{hold: make(chan struct{}), held: make(chan string, 10)}
	s.set(typeA, "host.test.", addr("192.0.2.1"))
	r := &dns.Resolver{Net: s.resolver(), Pool: &future.BlockingPool{Limit: 1}}
	a, b := r.LookupIP("ip4", "host.test."), r.LookupIP("ip4", "host.test.")
	begin(t, a)
	begin(t, b)
	<-s.held
	future.Drop(a)
	future.Drop(b)
	s.set(typeA, "other.test.", addr("192.0.2.2"))
	c := r.LookupIP("ip4", "other.test.")
	begin(t, c)
	if name := <-s.held; name != "other" { // the only place of the pool is free again
		t.Errorf("asked for %s: the look-up goes on for nobody", name)
	}
	close(s.hold)
	if addrs := must(t, c); len(addrs) != 1 {
		t.Errorf("found %v", addrs)
	}
	if got := r.Stats(); got.Lookups != 2 {
		t.Errorf("%+v", got)
	}
	s.wg.Wait()
}

// A pool that is full is an error for those who ask, and for nobody later.
func TestPoolThatIsFull(t *testing.T) {
	s := server{hold: make(chan struct{}), held: make(chan string, 10)}
	s.set(typeTXT, "host.test.", text("one"))
	r := &dns.Resolver{Net: s.resolver(), Pool: &future.BlockingPool{Limit: 1, Queue: 1}}
	first, second := r.LookupTXT("host.test."), r.LookupTXT("b.test.")
	begin[[]string](t, first)
	<-s.held
	begin[[]string](t, second)
	for range 2 {
		if _, err := future.BlockOn(r.LookupTXT("c.test.")); !errors.Is(err, future.ErrPoolFull) {
			t.Error(err)
		}
	}
	second.Drop() // before the only place is free: begun, it could connect while Wait runs
	close(s.hold)
	must[string](t, first)
	s.wg.Wait()
}

func TestLookUpThatTakesTooLong(t *testing.T) {
	s := server{hold: make(chan struct{}), held: make(chan string, 10)}
	r := &dns.Resolver{Net: s.resolver(), Timeout: time.Millisecond, NegativeTTL: time.Hour}
	if _, err := future.BlockOn(r.LookupTXT("host.test.")); err == nil {
		t.Error("it was answered")
	}
	if got := r.Stats(); got.Kept != 0 {
		t.Errorf("%+v", got)
	}
	close(s.hold)
	s.wg.Wait()
}

// A look-up that panics, or ends its goroutine, tells those who wait; the next one asks anew.
func TestLookUpThatDoesNotReturn(t *testing.T) {
	for range 2 {
		r := &dns.Resolver{Net: without(func() { panic("no way") })}
		var failed *future.PanicError
		if err := outcome(t, r.LookupTXT("host.test.")); !errors.As(err, &failed) {
			t.Error(err)
		}
		r = &dns.Resolver{Net: without(runtime.Goexit)}
		if err := outcome(t, r.LookupTXT("host.test.")); !errors.Is(err, future.ErrGoexit) {
			t.Error(err)
		}
	}
}

// outcome is how a look-up fails that might never end.
func outcome(t *testing.T, op dns.LookupOp[string]) error {
	t.Helper()
	failed := make(chan error, 1)
	go func() {
		_, err := future.BlockOn[[]string](op)
		failed <- err
	}()
	select {
	case err := <-failed:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("it never ends")
		return nil
	}
}

func TestMisuse(t *testing.T) {
	var cx waker.Context
	for what, call := range map[string]func(){
		"a nil Resolver":   func() { (*dns.Resolver)(nil).LookupHost("x") },
		"a negative TTL":   func() { (&dns.Resolver{TTL: -1}).LookupHost("x") },
		"a zero LookupOp":  func() { dns.LookupOp[int]{}.Poll(&cx) },
		"a zero LookupOp ": func() { dns.LookupOp[int]{}.Drop() },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "dns: ") {
					t.Errorf("%s: %s", what, got)
				}
			}()
			call()
		}()
	}
}

// Dialling by a resolver of one's own.
func TestDial(t *testing.T) {
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var s server
	s.set(typeA, "host.test.", addr("127.0.0.1"))
	r := &dns.Resolver{Net: s.resolver(), TTL: time.Hour, NegativeTTL: time.Hour}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for range 3 {
		c, err := future.BlockOn(netio.DialConfig{Resolver: r}.Dial("tcp", "host.test.:"+port))
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	if got := r.Stats(); got.Lookups != 2 || got.Hits != 4 {
		t.Errorf("%+v", got)
	}
	s.wg.Wait()
}
