package machine

// InPlace says of a type, as the type of a field, that its methods keep no pointer to what they are called on once
// they have returned. A compiled function then calls them on a variable in its frame. For other types it makes a
// variable of its own for each declaration, which it allocates, as a method that wants a pointer may keep it.
//
//	type Permits struct {
//		_   machine.InPlace
//		sem *Semaphore
//		n   uint64
//	}
//
// The methods that are awaited are not among these: they last longer than the call.
type InPlace struct{}
