// Package proxy passes connections on to other servers.
//
//	pool, err := proxy.NewPool(proxy.PoolConfig{Addresses: []string{"10.0.0.1:80", "10.0.0.2:80"}})
//	...
//	server, err := proxy.NewTCP(serve.Config{}, pool, proxy.TCPConfig{})
//	...
//	err = server.Run(ctx, rt, "tcp", ":80", nil)
//
// # Which server
//
// A [Pool] is the servers behind a proxy. Each connection goes to the one with the fewest, or to the next one in
// turn. One that cannot be connected to is left out for a while (passive health), and another is tried at once, so that the
// client does not notice; with [PoolConfig.CheckEvery] a task, [Pool.Watch], connects to each of them now and then (active
// health) and brings those back that answer again. When all are left out all are tried: a proxy that has lost its
// own network for a second does not refuse everybody for ten. No server is left out because the
// proxy has no descriptor, or no memory, for a connection.
//
// # How bytes go through
//
// By netio.SpliceBoth: on Linux large amounts never leave the kernel, small ones go through a buffer that belongs to nobody in particular. A
// connection that is silent holds neither. What one side sends while the other does not read stays where it came from: at
// most a buffer, or what a pipe holds, is on its way.
//
// The end of one direction is passed on, and the other goes on. If one side breaks off, the other is reset, so that nobody takes half a
// message for a whole one.
//
// With serve.Config.TLS clients speak TLS to the proxy and the servers do not; bytes then go through memory.
package proxy
