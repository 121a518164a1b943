//go:build portable || !linux

package netio

import "errors"

// canShare: elsewhere the last one that was bound gets everything, or there is another option for it.
const canShare = false

func steer(int, int) error { return errors.ErrUnsupported }
