package origin

import "fmt"

// Name returns what a future is called in reports of its panic: what its Name method returns,
// if it has one that returns something, or its type. The method is code of others, such as that
// of a nil *os.File in a struct: its own panic goes no further.
func Name(f any) (name string) {
	defer func() {
		if recover() != nil || name == "" {
			name = fmt.Sprintf("%T", f)
		}
	}()
	if n, ok := f.(interface{ Name() string }); ok {
		name = n.Name()
	}
	return name
}
