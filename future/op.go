package future

import (
	"fmt"
	"reflect"

	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// Op is an operation as a value: a struct that is not a future itself but whose address is a
// Future[T], and that is awaited where it is made:
//
//	n, err := conn.Read(buf).Await(co)
//
// It costs no allocation: the async function, the combinator ([Join], [Select2]...) or the
// state machine that waits for it holds the struct. In a machine it is a field:
//
//	m.read = m.conn.Read(m.buf)
//	...
//	p := m.read.Poll(cx)
//
// An operation may be copied and moved until its first poll, and not between that and its end.
// Once it was Ready or was dropped, nobody else has a pointer to it, and the field can be
// assigned the next one.
//
// An Op of your own is a struct with Poll, and Drop if it has something to give back, on the
// pointer, and Await, made of [AwaitOp], on the value. The method Await is how the compiler finds
// T, which generic functions such as Join then infer.
//
// [Box] makes a Future of an Op, [Of] an Op of a Future.
type Op[T any] interface {
	Await(co *Co) (T, error)
}

// AwaitOp waits for an operation, as [Await] does for a future. It is what the Await methods of
// operations are made of:
//
//	func (o ReadOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }
//
// It allocates once for each type F that a function awaits, and then no more.
func AwaitOp[T any, F Op[T]](co *Co, op F) (T, error) {
	co.check("Await")
	s := slotOf[T](co, op)
	s.op = op
	v, err := Await(co, s.f)
	var none F
	s.op = none
	return v, err
}

// slot is where an async function keeps an operation that it awaits: one at a time, for what
// is left there by a panic, or by the end of the function, has been dropped.
type slot[F any, T any] struct {
	op F
	f  Future[T] // &op
}

func slotOf[T any, F Op[T]](co *Co, _ F) *slot[F, T] {
	for _, a := range co.slots {
		if s, ok := a.(*slot[F, T]); ok {
			return s
		}
	}
	s := new(slot[F, T])
	s.f = addressed[T](&s.op)
	co.slots = append(co.slots, s)
	return s
}

// addressed returns a pointer to an operation as the future that it is. F may also be a pointer to
// an operation, which has its Await.
func addressed[T, F any](op *F) Future[T] {
	if f, ok := any(op).(Future[T]); ok {
		return f
	}
	if f, ok := any(*op).(Future[T]); ok {
		return f
	}
	notOp[T, F]()
	return nil
}

func notOp[T, F any]() {
	panic(fmt.Sprintf("future: %v has a method Await, but *%v no method Poll(*waker.Context) future.Poll[%v]: an Op needs both",
		reflect.TypeFor[F](), reflect.TypeFor[F](), reflect.TypeFor[T]()))
}

// dropOp gives up an operation.
func dropOp[F any](op *F) {
	if d, ok := any(op).(Dropper); ok {
		d.Drop()
		return
	}
	Drop(any(*op))
}

// Box returns an operation as a future, for what takes futures of any kind, such as [JoinAll] and
// [Race]. It allocates, as the operation moves to the heap.
func Box[T any, F Op[T]](op F) Future[T] {
	if f, ok := any(op).(Future[T]); ok { // a handle, of pointers only
		return f
	}
	p := new(F)
	*p = op
	return addressed[T](p)
}

// Of returns a future as an operation, for what takes operations, such as [Join] and [Select2].
// It takes f over.
func Of[T any](f Future[T]) BoxedOp[T] {
	notNil(f != nil, "Of", "future", aFuture)
	return BoxedOp[T]{f}
}

// BoxedOp is what [Of] returns.
type BoxedOp[T any] struct{ f Future[T] }

// Poll implements Future.
func (b BoxedOp[T]) Poll(cx *waker.Context) Poll[T] { return b.future().Poll(cx) }

// Drop implements Dropper.
func (b BoxedOp[T]) Drop() { Drop(b.future()) }

// Await waits for the future, see [Await].
func (b BoxedOp[T]) Await(co *Co) (T, error) { return Await(co, b.future()) }

// Name returns what the future is called in reports.
func (b BoxedOp[T]) Name() string { return origin.Name(b.future()) }

func (b BoxedOp[T]) future() Future[T] {
	if b.f == nil {
		zero("BoxedOp", "Of makes them")
	}
	return b.f
}
