package proxy

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/client"
	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// passing is one request and its response, as the machine of a handler.
//
//	choosing   a server
//	asking     it: the request goes out, and the response's header is looked for
//	giving     the content of the response to the client
type passing struct {
	pool   *Pool
	config *HTTPConfig
	client *client.Client
	w      *web.Response
	r      *web.Request

	tried  attempts
	up     *Upstream // for which a connection is counted
	msg    client.Message
	buf    *[]byte // msg's header is in, from the pool
	asked  string  // the protocol that the client would change to
	ask    client.DoOp
	asking bool
	resp   *client.Response
	flush  web.FlushOp
	full   bool // flush is to be polled
	begun  bool // it has been: the client has the header
	held   int  // bytes written since the last flush
}

// heldMost is how much of a response is put together before it is sent.
const heldMost = 32 << 10

// Poll implements future.Future.
func (p *passing) Poll(cx *waker.Context) future.Poll[future.Unit] {
	returned := false
	defer func() {
		if !returned { // a callback of the configuration panics: who does is not dropped
			p.Drop()
		}
	}()
	a := p.poll(cx)
	returned = true
	return a
}

func (p *passing) poll(cx *waker.Context) future.Poll[future.Unit] {
	for p.resp == nil {
		if !p.asking {
			p.up = p.tried.pick(p.pool)
			if err := p.outgoing(); err != nil {
				p.w.Error(400, err.Error())
				return p.end(nil)
			}
			p.ask, p.asking = p.client.Pass(&p.msg), true
		}
		a := p.ask.Poll(cx)
		if a.IsPending() {
			return future.Pending[future.Unit]()
		}
		p.asking = false
		resp, err := a.Result()
		if err != nil {
			if p.elsewhere(err) {
				continue
			}
			return p.fail(err)
		}
		p.resp = resp
		p.up.answered()
		if p.misunderstood() {
			return p.fail(errUnasked)
		}
		if p.head() {
			return p.end(nil)
		}
	}
	return p.give(cx)
}

// heads are buffers for the headers of requests.
var heads = sync.Pool{New: func() any { return new([]byte) }}

// headKept is the room of the largest one that is kept.
const headKept = 16 << 10

func (p *passing) outgoing() (err error) {
	if p.buf == nil {
		p.buf = heads.Get().(*[]byte)
	}
	p.msg, p.asked, err = outgoing((*p.buf)[:0], p.r, p.up.address)
	if err != nil {
		return err
	}
	if *p.buf = p.msg.Head; p.msg.Length != 0 {
		p.msg.Body = &content{p.r.Body(), p.r, p.msg.Trailer}
	}
	return nil
}

// elsewhere reports whether another server is to be tried.
func (p *passing) elsewhere(err error) bool {
	var none *client.ConnectError
	if !errors.As(err, &none) || !p.tried.failed(none.Err) {
		return false
	}
	p.up.Release()
	p.up = nil
	return true
}

// fail answers for a server that has not.
func (p *passing) fail(err error) future.Poll[future.Unit] {
	var content interface{ RequestContent() } // an error of it has that
	var bad *http1.Error
	if errors.As(err, &content) && errors.As(err, &bad) {
		return p.end(bad) // the client's content breaks the rules: the server of package web answers
	}
	p.tell(err)
	s := status(err)
	p.w.Error(s, fmt.Sprintf("%d %s", s, http1.StatusText(s)))
	if p.r.ContentLength() != 0 {
		p.w.Close() // what is left of it is not worth reading
	}
	return p.end(nil)
}

func (p *passing) tell(err error) {
	if f := p.config.OnError; f != nil {
		f(p.r, fmt.Errorf("proxy: %s: %w", p.up.address, err))
	}
}

var errUnasked = errors.New("the server changes to a protocol that the client has not asked for, or in the middle of its request")

// misunderstood reports whether the server ends HTTP where the client does not: what one of them says next would be something else to the other.
func (p *passing) misunderstood() bool {
	if p.resp.StatusCode != http.StatusSwitchingProtocols {
		return false
	}
	return p.asked == "" || !strings.EqualFold(p.asked, p.upgrade()) || !p.r.Message().Done()
}

// upgrade returns the protocol that the server changes to.
func (p *passing) upgrade() string {
	for name, value := range p.resp.Fields() {
		if http1.EqualFold(name, "Upgrade") {
			return string(value)
		}
	}
	return ""
}

// head passes the header of the response on, and reports whether nothing comes after it.
func (p *passing) head() (over bool) {
	w, resp := p.w, p.resp
	names, _ := named(resp.Fields())
	typ := ""
	for name, value := range resp.Fields() {
		switch {
		case isOne(name, hop) || http1.EqualFold(name, "Content-Length") || isOne(name, names):
		case http1.EqualFold(name, "Content-Type"):
			typ = string(value)
		default:
			w.Add(lent(name), lent(value))
		}
	}
	w.SetContentType(typ) // none, instead of ours, if there is none
	length := resp.ContentLength
	if resp.StatusCode == http.StatusSwitchingProtocols {
		up := p.up
		p.up = nil // the tunnel has it
		w.Set("Upgrade", p.upgrade())
		stream, read := resp.Detach()
		w.SwitchOr(func(c *serve.Conn, rest []byte) future.Future[future.Unit] {
			return upgraded(c, up, stream, read, rest)
		}, func() {
			_ = stream.Close()
			up.Release()
		})
		return true
	}
	w.SetStatus(resp.StatusCode)
	if length >= 0 && resp.StatusCode != 204 && resp.StatusCode != 304 {
		w.SetLength(length)
	}
	return false
}

// give passes content on, and waits for the client after each 32 KB, and for what there is when the server is slower.
func (p *passing) give(cx *waker.Context) future.Poll[future.Unit] {
	for {
		if p.full {
			p.begun = true
			a := p.flush.Poll(cx)
			if a.IsPending() {
				return future.Pending[future.Unit]()
			}
			if p.full, p.held = false, 0; a.Err() != nil {
				return p.end(a.Err())
			}
		}
		buf := sched.Scratch(cx)[:heldMost]
		a := p.resp.PollRead(cx, buf)
		if a.IsPending() {
			if p.held == 0 && (p.begun || p.resp.ContentLength >= 0) { // a stream, as of events, may begin with a long silence
				return future.Pending[future.Unit]()
			}
			p.flush, p.full = p.w.Flush(), true
			continue
		}
		n, err := a.Result()
		switch {
		case err == io.EOF && p.trailers():
			p.flush, p.full = p.w.Flush(), true // they come after chunks
			continue
		case err == io.EOF:
			return p.end(nil)
		case err != nil && !p.begun:
			return p.fail(err) // the client has seen nothing of it yet
		case err != nil:
			p.tell(err)
			return p.end(err) // the client's connection ends in the middle
		}
		_, _ = p.w.Write(buf[:n]) // it is kept, and cannot fail
		if p.held += n; p.held >= heldMost {
			p.flush, p.full = p.w.Flush(), true
		}
	}
}

// trailers passes those of the response on, the first time, and reports whether there are any.
func (p *passing) trailers() (any bool) {
	for name, values := range p.resp.Trailer {
		if !mayTrail(name) {
			continue
		}
		for _, v := range values {
			p.w.SetTrailer(name, v)
			any = true
		}
	}
	p.resp.Trailer = nil
	return any
}

// end gives everything back.
func (p *passing) end(err error) future.Poll[future.Unit] {
	if p.resp != nil {
		_ = p.resp.Close()
	}
	if p.up != nil {
		p.up.Release()
		p.up = nil
	}
	if p.buf != nil {
		if cap(*p.buf) <= headKept {
			heads.Put(p.buf)
		}
		p.buf = nil
	}
	return future.Done(future.Unit{}, err)
}

// Drop implements future.Dropper.
func (p *passing) Drop() {
	if p.asking {
		p.asking = false
		p.ask.Drop()
	}
	p.end(nil)
}
