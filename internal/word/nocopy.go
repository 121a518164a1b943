package word

// NoCopy, as a field, has go vet report copies of its struct.
type NoCopy struct{}

// Lock and Unlock are what vet goes by.
func (*NoCopy) Lock()   {}
func (*NoCopy) Unlock() {}
