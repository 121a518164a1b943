package work

// Fib returns the n-th Fibonacci number by as many calls as the parallel one makes.
func Fib(n int) uint64 {
	if n < 2 {
		return uint64(n)
	}
	return Fib(n-1) + Fib(n-2)
}

// FibNumber returns the same by a loop.
func FibNumber(n int) uint64 {
	a, b := uint64(0), uint64(1) // of i and i+1
	for range n {
		a, b = b, a+b
	}
	return a
}

// Forks returns how many calls of Fib(n) make two others: fib(n+1)-1.
func Forks(n int) int { return int(FibNumber(n+1)) - 1 }
