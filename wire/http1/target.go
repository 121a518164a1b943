package http1

import "net/url"

// isTarget reports whether a request may have this target: a path with or without a
// query, an absolute URL, or *; with CONNECT a host and port. Of a query only control
// characters are refused, as net/http does it.
func isTarget(method, target []byte) bool {
	if target[0] == '/' {
		return isPath(target)
	}
	// Proxies' clients send these: it need not be fast.
	raw := string(target)
	if string(method) == "CONNECT" {
		raw = "http://" + raw
	}
	_, err := url.ParseRequestURI(raw)
	return err == nil
}

// isPath reports whether p has no control character and, before the query, no percent
// sign without its two digits.
func isPath(p []byte) bool {
	inQuery := false
	for i, b := range p {
		switch {
		case b < ' ' || b == 0x7f:
			return false
		case b == '?':
			inQuery = true
		case b == '%' && !inQuery:
			if len(p) < i+3 || hexDigit(p[i+1]) < 0 || hexDigit(p[i+2]) < 0 {
				return false
			}
		}
	}
	return true
}

// isVersion reports whether p is the version of some HTTP: "HTTP/" and two digits with a
// point between.
func isVersion(p []byte) bool {
	return len(p) == len("HTTP/x.y") && string(p[:5]) == "HTTP/" && isDigit(p[5]) && p[6] == '.' && isDigit(p[7])
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
