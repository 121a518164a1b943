// Package stats counts what a load run does and tells it: a [Shard] for each worker to
// count in, a [Total] that they are merged into, and a [Report] of it as text or JSON.
package stats
