package measure

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
)

// A server of idle connections prints its address. Each line of its standard input is a number of connections, all of which are idle now:
// at 0 it notes what memory it has and prints an empty line, at others it emits by how much that has grown for each. It ends with its input.

// ServeIdle is such a server's main part.
func ServeIdle(r *Run, addr net.Addr) {
	fmt.Println(addr)
	var live float64
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		n, err := strconv.Atoi(in.Text())
		if err != nil {
			panic(err)
		}
		runtime.GC() // the second collection, in Live, takes what pools keep
		if n == 0 {
			live = Live()
			fmt.Println()
			continue
		}
		r.Emit("live", (Live()-live)/float64(n), "bytes/conn")
	}
}
