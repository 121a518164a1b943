package main

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
)

// What is generated for another system stays there: this file is compiled with GOOS=windows.

//magpie:async
func elsewhere(co *future.Co) string {
	co.Yield()
	return "elsewhere"
}

func main() {
	m := elsewhereAsync()
	fmt.Println(future.BlockOn(&m))
}
