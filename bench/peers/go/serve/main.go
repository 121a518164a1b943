// Command serve runs one of the TCP echo or HTTP plaintext servers under comparison.
// Usage: serve -impl NAME -port PORT [-root FOLDER]
package main

import (
	"flag"
	"fmt"
	"log"
	"maps"
	"slices"
	"strings"
)

// impls is the servers by name: what each does on an address of 127.0.0.1 until it fails.
var impls = map[string]func(addr string) error{
	"net":     echoNet,
	"netpoll": echoNetpoll,
	"gnet":    echoGnet,
	"nbio":    echoNbio,

	"net-http":  serveNetHTTP,
	"fasthttp":  serveFastHTTP,
	"hertz":     serveHertz,
	"nbio-http": serveNbioHTTP,
}

var root = flag.String("root", ".", "folder whose files are /files/, of net-http")

func main() {
	names := strings.Join(slices.Sorted(maps.Keys(impls)), ", ")
	impl := flag.String("impl", "net", "server: "+names)
	port := flag.Int("port", 7000, "port on 127.0.0.1")
	flag.Parse()
	serve, ok := impls[*impl]
	if !ok {
		log.Fatalf("unknown server %q; there are %s", *impl, names)
	}
	log.Fatal(serve(fmt.Sprintf("127.0.0.1:%d", *port)))
}
