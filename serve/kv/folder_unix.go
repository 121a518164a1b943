//go:build unix

package kv

import (
	"errors"
	"os"
)

// syncFolder forces to the disk which files a folder has.
func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
