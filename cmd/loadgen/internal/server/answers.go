package server

import (
	"fmt"
	"net/http"
	"time"

	"github.com/magpie-go/magpie/wire/http1"
)

// answers are those of one second, ready to send: a request costs no look at the clock
// and no formatting. HEAD gets the same header without the content.
type answers struct {
	date                   string
	stays, stays10, closes []byte
	fails                  []byte // without content, for HEAD too
}

func newAnswers(now time.Time) *answers {
	a := &answers{date: now.UTC().Format(http.TimeFormat)}
	a.stays = a.make(http.StatusOK, "", hello)
	a.stays10 = a.make(http.StatusOK, "Connection: keep-alive\r\n", hello)
	a.closes = a.make(http.StatusOK, "Connection: close\r\n", hello)
	a.fails = a.make(http.StatusInternalServerError, "", "")
	return a
}

// refusal answers a request that breaks the rules.
func (a *answers) refusal(err *http1.Error) []byte {
	return a.make(err.Status, "Connection: close\r\n", err.Error()+"\n")
}

func (a *answers) make(status int, header, content string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nDate: %s\r\nServer: magpie\r\nContent-Type: text/plain\r\n%sContent-Length: %d\r\n\r\n%s",
		status, http.StatusText(status), a.date, header, len(content), content)
}
