package coord

import (
	"context"

	"github.com/magpie-go/magpie/future"
)

// blockOn waits for an operation on the calling goroutine until ctx is done.
func blockOn[T any, F future.Op[T]](ctx context.Context, op F) (T, error) {
	return future.BlockOn(future.WithContext(ctx, future.Box[T](op)))
}
