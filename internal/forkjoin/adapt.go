package forkjoin

// Offer calls fa with a, while any other worker may call fb with b. It reports whether one has:
// if not, the offer is withdrawn, and the caller goes on with b as it likes, knowing what fa
// has returned. So what is split for others costs nothing to put together if there were none.
//
// Panics are as in [Call]: that of fa comes first, and an fb that was begun has ended. Offer is
// for pieces of work that take microseconds: it always looks at what the fast path of Call
// leaves to chance. It allocates what Call does.
func Offer[H, A, RA, B, RB any](user *H, fa func(*H, A) RA, a A, fb func(*H, B) RB, b B) (ra RA, rb RB, taken bool) {
	w := of(user)
	h := w.head
	if !push(w, fb, b) {
		return fa(user, a), rb, false
	}
	defer func() {
		if w.head > h { // fa panics
			w.unwind(h)
		}
	}()
	ra = fa(user, a)
	if w.join(h) {
		return ra, rb, false
	}
	return ra, result[H, B, RB](w, h), true
}
