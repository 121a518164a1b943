package ws

import (
	"crypto/sha1"
	"encoding/base64"
)

// AppendAccept appends the Sec-WebSocket-Accept that answers a Sec-WebSocket-Key.
func AppendAccept(b []byte, key string) []byte {
	const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" // RFC 6455, section 1.3
	sum := sha1.Sum([]byte(key + guid))
	return base64.StdEncoding.AppendEncode(b, sum[:])
}

// IsKey reports whether a Sec-WebSocket-Key is 16 bytes in base64.
func IsKey(key string) bool {
	b, err := base64.StdEncoding.Strict().DecodeString(key)
	return err == nil && len(b) == 16
}

// NewKey returns the Sec-WebSocket-Key of 16 random bytes.
func NewKey(random [16]byte) string { return base64.StdEncoding.EncodeToString(random[:]) }
