//go:build !unix

package netio

import "errors"

func takeDescriptor(int) error { return errors.ErrUnsupported }
