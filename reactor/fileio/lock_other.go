//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd || windows)

package fileio

import (
	"errors"
	"os"
)

// lock fails: this system has no lock that belongs to an open file.
func lock(*os.File, how) (bool, error) { return false, errors.ErrUnsupported }

func unlock(*os.File) error { return errors.ErrUnsupported }
