package kv

// Heeds returns of how many keys somebody wants to know.
func (kv *Server) Heeds() int64 { return kv.heeds.Load() }
