module github.com/magpie-go/magpie/internal/conformance

go 1.26.0

require (
	github.com/magpie-go/magpie v0.0.0
	golang.org/x/net v0.61.0
)

require (
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/magpie-go/magpie => ../..
