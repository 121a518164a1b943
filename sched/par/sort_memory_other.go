//go:build !linux

package par

func mapWords(int) ([]uint64, []byte) { return nil, nil }

func unmapWords([]byte) {}
