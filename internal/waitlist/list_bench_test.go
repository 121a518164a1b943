package waitlist

import "testing"

func BenchmarkWaitNotify(b *testing.B) {
	var l List
	p := new(person)
	for b.Loop() {
		p.wait(&l)
		l.NotifyOne(nil)
		p.wait(&l)
	}
}

func BenchmarkWaitLeave(b *testing.B) {
	var l List
	p := new(person)
	for b.Loop() {
		p.wait(&l)
		l.Leave(&p.node)
	}
}

func BenchmarkPollAgain(b *testing.B) {
	var l List
	p := new(person)
	p.wait(&l)
	for b.Loop() {
		p.wait(&l)
	}
}

func BenchmarkCloseNobody(b *testing.B) {
	var l List
	for b.Loop() {
		l = List{}
		l.Close(nil)
	}
}
