package dns_test

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/dns"
)

// A resolver whose answers are good for a minute.
func ExampleResolver_LookupHost() {
	r := &dns.Resolver{TTL: time.Minute, NegativeTTL: 5 * time.Second}
	loopback, err := future.BlockOn(future.Async(func(co *future.Co) (bool, error) {
		addrs, err := r.LookupHost("localhost").Await(co)
		if err != nil {
			return false, err
		}
		return addrs[0].IsLoopback(), nil
	}))
	fmt.Println(loopback, err)
	// Output: true <nil>
}
