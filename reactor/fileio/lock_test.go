package fileio_test

import (
	"errors"
	"io/fs"
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// twice opens a file twice.
func twice(t *testing.T) (a, b *fileio.File) {
	t.Helper()
	name := temp(t)
	a, b = must(t, fileio.Create(name)), must(t, fileio.Create(name))
	t.Cleanup(func() {
		future.BlockOn(a.Close())
		future.BlockOn(b.Close())
	})
	if _, err := future.BlockOn(a.TryLock()); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	must(t, a.Unlock())
	return a, b
}

func TestTryLock(t *testing.T) {
	a, b := twice(t)
	if !must(t, a.TryLock()) || must(t, b.TryLock()) || must(t, b.TryRLock()) {
		t.Error("two have an exclusive lock")
	}
	must(t, a.Unlock())
	must(t, a.Unlock())
	if !must(t, a.TryRLock()) || !must(t, b.TryRLock()) {
		t.Error("a shared lock was not shared")
	}
	must(t, b.Unlock())
	if must(t, b.TryLock()) {
		t.Error("an exclusive lock beside a shared one")
	}
	must(t, a.Close())
	if !must(t, b.TryLock()) {
		t.Error("who has closed the file still has the lock")
	}
	mustFail(t, a.Lock(), fs.ErrClosed, a.Name())
	var none *fileio.File
	mustFail(t, none.Lock(), fs.ErrInvalid, "")
	mustFail(t, none.Unlock(), fs.ErrInvalid, "")
}

func TestLockWaits(t *testing.T) {
	a, b := twice(t)
	must(t, a.Lock())
	for _, l := range []fileio.LockOp{b.Lock(), b.RLock()} {
		got := make(chan error, 1)
		go func() {
			_, err := future.BlockOn(l)
			got <- err
		}()
		// It is an other one's as long as that one has it, however long that is.
		for range 3 {
			if must(t, b.TryLock()) {
				t.Fatal("two have an exclusive lock")
			}
		}
		select {
		case err := <-got:
			t.Fatal("it did not wait: ", err)
		default:
		}
		must(t, a.Unlock())
		if err := <-got; err != nil {
			t.Fatal(err)
		}
		if must(t, a.TryLock()) {
			t.Error("two have an exclusive lock")
		}
		must(t, b.Unlock())
		must(t, a.Lock())
	}
}

// A lock that came for nobody is given back, whenever the operation is given up.
func TestDroppedLockIsGivenBack(t *testing.T) {
	a, b := twice(t)
	for _, when := range []string{"before", "while", "after"} {
		for _, l := range []interface {
			future.Dropper
			Lock(t *testing.T) chan struct{}
		}{waiting{b.Lock()}, trying{b.TryLock()}} {
			if when != "before" {
				woken := l.Lock(t)
				if when == "after" {
					<-woken
				}
			}
			l.Drop()
			for limit := time.Now().Add(patience); !must(t, a.TryLock()); runtime.Gosched() {
				if time.Now().After(limit) {
					t.Fatal("nobody has the lock, and it is locked")
				}
			}
			must(t, a.Unlock())
		}
	}
	// One that waits leaves nothing behind.
	must(t, a.Lock())
	l := b.Lock()
	<-polled[future.Unit](t, l)
	var p = pollOnce[future.Unit](l)
	if p.IsReady() {
		t.Fatal(p.Result())
	}
	future.Drop(l)
	must(t, a.Unlock())
}

// waiting and trying begin an operation whose outcome nobody looks at.
type waiting struct{ fileio.LockOp }

func (w waiting) Lock(t *testing.T) chan struct{} { return polled[future.Unit](t, w.LockOp) }

type trying struct{ fileio.TryLockOp }

func (w trying) Lock(t *testing.T) chan struct{} { return polled[bool](t, w.TryLockOp) }

// A lock that is given back late is not one that was got since.
func TestLockAfterADroppedOne(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that the last goroutine that was started runs first
	a, b := twice(t)
	for range 20 {
		l := a.TryLock()
		<-polled[bool](t, l)
		future.Drop(l)
		must(t, a.Lock())
		for range 20 {
			runtime.Gosched()
		}
		if must(t, b.TryLock()) {
			t.Fatal("the lock was given back although another attempt has got it")
		}
		must(t, a.Unlock())
	}
}
