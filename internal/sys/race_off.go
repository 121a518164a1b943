//go:build !race || !unix

package sys

func release() {}

func sent([]byte) {}

func received(int, []byte) {}
