//go:build portable || !(linux || darwin)

package fileio

import (
	"io"
	"os"
)

const mostBuffers = 1

// readVectored reads into the first buffer: 0 bytes at the end of the file.
func readVectored(f *os.File, b [][]byte, off int64) (n int, err error) {
	if off == atOffset {
		n, err = f.Read(b[0])
	} else {
		n, err = f.ReadAt(b[0], off)
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// writeVectored writes the first buffer.
func writeVectored(f *os.File, b [][]byte, off int64) (int, error) {
	if off == atOffset {
		return f.Write(b[0])
	}
	return f.WriteAt(b[0], off)
}
