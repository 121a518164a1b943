// Package dns looks names up as futures, off the threads that poll, and keeps the answers for as long as its user says.
//
//	var names = &dns.Resolver{TTL: time.Minute, NegativeTTL: 5 * time.Second}
//
//	addrs, err := names.LookupHost("example.com").Await(co)
//
// It asks the system's resolver, package net's, with all that it knows: /etc/hosts, the servers of /etc/resolv.conf, search domains. A
// [Resolver] is one for netio.DialConfig too:
//
//	conn, err := netio.DialConfig{Resolver: names}.Dial("tcp", "example.com:443").Await(co)
//
// # What is kept
//
// The system does not say how long an answer is good for, so the user does: TTL for answers, NegativeTTL for names that there
// are none of. Other errors, such as time-outs, are not kept. When there are as many answers as Size says, the one that was
// not asked for the longest time goes. Without a TTL nothing is kept.
//
// # One look-up at a time
//
// Who asks what is being looked up already waits for that. A look-up that everybody has given up is cancelled: that of
// addresses at once, those of other records at the time-out of the server that is being asked.
package dns
