// Package signals is the signals of the operating system as futures.
//
// [Once] waits for the first of some signals, as a server does that ends on one:
//
//	sig, err := signals.Once(os.Interrupt, syscall.SIGTERM).Await(co)
//
// [Notify] is a stream of them, for those that come again and again:
//
//	hangups := signals.Notify(syscall.SIGHUP)
//	defer hangups.Drop()
//	for {
//		if _, err := future.Next(hangups).Await(co); err != nil {
//			return err
//		}
//		reload()
//	}
//
// As long as somebody waits for a signal, the signal does to the process nothing else. When nobody does any
// more it does again what it did before: after a Once for an interrupt has ended, a second Ctrl-C
// ends the program, whatever that is doing.
//
// # Coalescing
//
// Signals are flags, not messages: one that comes again before the stream was asked is one, as the system itself
// has it. But no signal displaces another: a burst of SIGWINCH loses no SIGTERM. Each stream
// gets each signal, whatever other streams of it there are.
//
// Package os/signal is underneath. There is one goroutine for each signal that somebody waits for.
package signals
