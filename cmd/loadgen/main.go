// Loadgen measures servers, and is one: a closed-loop load generator for TCP, Unix
// sockets and HTTP/1.1, and an echo and an HTTP server to try it on. It runs on magpie.
// See README.md, or loadgen --help.
package main

import (
	"os"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
