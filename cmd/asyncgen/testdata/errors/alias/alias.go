package alias

import "github.com/magpie-go/magpie/future"

type failure = error

//magpie:async
func get(co *future.Co) (int, failure) {
	co.Yield()
	return 1, nil
}

//magpie:async
func any[error interface{}](co *future.Co, v error) (int, error) {
	co.Yield()
	return 1, v
}
