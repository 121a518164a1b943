package main

const (
	coordTurns     = "future/coord/turns.go"
	coordSemaphore = "future/coord/semaphore.go"
	coordMutex     = "future/coord/mutex.go"
	coordRWLock    = "future/coord/rwlock.go"
)

var (
	mutexModels     = test{pkg: "./future/coord", run: "TestModelMutex", tags: "explore"}
	mutexTests      = test{pkg: "./future/coord", run: "TestMutex"}
	semaphoreModels = test{pkg: "./future/coord", run: "TestModelSemaphore", tags: "explore"}
	semaphoreTests  = test{pkg: "./future/coord", run: "TestSemaphore"}
	rwlockModels    = test{pkg: "./future/coord", run: "TestModelRWLock", tags: "explore"}
	rwlockTests     = test{pkg: "./future/coord", run: "TestRWLock"}
)

// coordLockMutants are those of what is locked, or has permits.
var coordLockMutants = []mutant{
	{
		name: "coord/turns-end-with-a-goexit",
		file: coordTurns,
		old:  `			serve(l, l.Lock(), s)`,
		new:  `			_ = s`,
		test: semaphoreTests,
	},
	{
		name: "coord/turns-end-after-one-batch",
		file: coordTurns,
		old:  `		if n < turnBatch {`,
		new:  `		if n >= 0 {`,
		test: semaphoreTests,
	},
	{
		name: "coord/turns-without-budget",
		file: coordTurns,
		old:  `	if n.State() != waitlist.Waiting && !cx.Spend() {`,
		new:  `	if n.State() != waitlist.Waiting && false {`,
		test: test{pkg: "./future/coord", run: "Spends"},
	},
	{
		name: "coord/mutex-unlock-is-not-checked",
		file: coordMutex,
		old:  `	if m.word.Load() != g.hold|mutexWaits {`,
		new:  `	if false {`,
		test: mutexTests,
	},
	{
		name: "coord/mutex-the-number-stays",
		file: coordMutex,
		old:  `	if !g.m.word.CompareAndSwap(g.hold, g.hold-mutexHeld+mutexHold) {`,
		new:  `	if !g.m.word.CompareAndSwap(g.hold, g.hold-mutexHeld) {`,
		test: mutexTests,
	},
	{
		name: "coord/mutex-hands-on-without-a-new-number",
		file: coordMutex,
		old:  `	next := g.hold + mutexHold`,
		new:  `	next := g.hold`,
		test: mutexTests,
	},
	{
		name: "coord/mutex-told-before-the-word-is-written",
		file: coordMutex,
		old:  "	m.word.Store(next) // before the next holder is told, who reads it\n	w := h.Take(first)",
		new:  "	w := h.Take(first)\n	m.word.Store(next)",
		test: mutexModels,
	},
	{
		name: "coord/mutex-forgets-who-else-waits",
		file: coordMutex,
		old:  `		next |= mutexWaits`,
		new:  `		next |= 0`,
		test: mutexTests,
	},
	{
		name: "coord/mutex-joins-a-line-that-nobody-serves",
		file: coordMutex,
		old:  `		case v&mutexWaits != 0 || m.word.CompareAndSwap(v, v|mutexWaits):`,
		new:  `		case true:`,
		test: mutexModels,
	},
	{
		name: "coord/mutex-does-not-look-again-in-line",
		file: coordMutex,
		old:  `		case v&mutexHeld == 0:`,
		new:  `		case false:`,
		test: mutexModels,
	},
	{
		name: "coord/mutex-dropped-keeps-what-it-was-handed",
		file: coordMutex,
		old:  `	if m != nil && m.line.Leave(&o.node) {`,
		new:  `	if m != nil && m.line.Leave(&o.node) && false {`,
		test: mutexModels,
	},
	{
		name: "coord/mutex-locked-without-cas",
		file: coordMutex,
		old: `			if m.word.CompareAndSwap(v, v|mutexHeld) {
				o.m`,
		new: `			if m.word.Store(v | mutexHeld); true {
				o.m`,
		test: mutexModels,
	},
	{
		name: "coord/mutex-free-while-it-changes-hands",
		file: coordMutex,
		old:  "	m.word.Store(next) // before",
		new:  "	m.word.Store(next - mutexHeld)\n	m.word.Store(next) // before",
		test: mutexModels,
	},
	{
		name: "coord/semaphore-release-does-not-serve",
		file: coordSemaphore,
		old:  `		if v&semWaits != 0 {`,
		new:  `		if false {`,
		test: semaphoreTests,
	},
	{
		name: "coord/semaphore-overtaken-by-those-who-want-few",
		file: coordSemaphore,
		old:  `		case v&semWaits != 0 || v>>semShift < want:`,
		new:  `		case v>>semShift < want:`,
		test: semaphoreTests,
	},
	{
		name:  "coord/semaphore-who-leaves-does-not-serve-the-next",
		file:  coordSemaphore,
		old:   `	if s.word.Load()&semWaits != 0 {`,
		new:   `	if s.word.Load()&semWaits != 0 && false {`,
		test:  semaphoreTests,
		short: true,
	},
	{
		name: "coord/semaphore-who-leaves-keeps-what-it-was-given",
		file: coordSemaphore,
		old:  `		s.give(o.n)`,
		new:  `		_ = s.give`,
		test: semaphoreTests,
	},
	{
		name: "coord/semaphore-joins-a-line-that-nobody-serves",
		file: coordSemaphore,
		old:  `		if v&semWaits != 0 || s.word.CompareAndSwap(v, v|semWaits) {`,
		new:  `		if true {`,
		test: semaphoreModels,
	},
	{
		name: "coord/semaphore-does-not-look-again-in-line",
		file: coordSemaphore,
		old:  `		if h.First() == nil && v>>semShift >= o.n {`,
		new:  `		if false {`,
		test: semaphoreModels,
	},
	{
		name: "coord/semaphore-turns-cost-nothing",
		file: coordSemaphore,
		old:  `	s.word.Store(v - want)`,
		new:  `	s.word.Store(v)`,
		test: semaphoreTests,
	},
	{
		name: "coord/semaphore-keeps-its-flag-for-ever",
		file: coordSemaphore,
		old:  `	if v := s.word.Load(); empty && v&semWaits != 0 {`,
		new:  `	if v := s.word.Load(); false && empty && v&semWaits != 0 {`,
		test: semaphoreTests,
	},
	{
		name: "coord/semaphore-drops-its-flag-with-somebody-in-line",
		file: coordSemaphore,
		old:  `	if v := s.word.Load(); empty && v&semWaits != 0 {`,
		new:  `	if v := s.word.Load(); v&semWaits != 0 {`,
		test: semaphoreTests,
	},
	{
		name: "coord/semaphore-limit-leaves-the-line-locked",
		file: coordSemaphore,
		old:  "			h.Unlock()\n			tooMany(v>>semShift, n)",
		new:  "			tooMany(v>>semShift, n)",
		test: semaphoreTests,
	},
	{
		name: "coord/semaphore-close-that-comers-do-not-see",
		file: coordSemaphore,
		old:  `		if v&semClosed != 0 {`,
		new:  `		if false {`,
		test: semaphoreModels,
	},
	{
		name: "coord/semaphore-forgets-what-somebody-takes",
		file: coordSemaphore,
		old:  `		if s.word.CompareAndSwap(v, v-n<<semShift) {`,
		new:  `		if s.word.Store(v - n<<semShift); true {`,
		test: semaphoreModels,
	},
	{
		name: "coord/permits-released-twice",
		file: coordSemaphore,
		old:  "	s, n := p.sem, p.n\n	*p = Permits{}",
		new:  "	s, n := p.sem, p.n",
		test: semaphoreTests,
	},
	{
		name: "coord/rwlock-writer-that-loses-the-flag-is-told-off",
		file: coordRWLock,
		old:  "		h.Unlock() // somebody has left the line, and taken the flag along",
		new:  "		h.Unlock()\n		return false",
		test: rwlockModels,
	},
	{
		name: "coord/rwlock-readers-come-past-a-writer",
		file: coordRWLock,
		old:  `		if v := l.word.Load(); v&rwWaits == 0 && l.fits(v, o.writer) {`,
		new:  `		if v := l.word.Load(); l.fits(v, o.writer) {`,
		test: rwlockTests,
	},
	{
		name: "coord/rwlock-tryread-comes-past-a-writer",
		file: coordRWLock,
		old:  `		if v&rwWaits != 0 || !l.fits(v, false) {`,
		new:  `		if !l.fits(v, false) {`,
		test: rwlockTests,
	},
	{
		name: "coord/rwlock-who-leaves-does-not-serve-the-next",
		file: coordRWLock,
		old:  `	if l.word.Load()&rwWaits != 0 {`,
		new:  `	if false {`,
		test: rwlockTests,
	},
	{
		name: "coord/rwlock-who-leaves-keeps-the-lock",
		file: coordRWLock,
		old:  "		} else {\n			l.leave()\n		}",
		new:  "		}",
		test: rwlockTests,
	},
	{
		name: "coord/rwlock-writer-beside-readers",
		file: coordRWLock,
		old:  `	rwInUse     = rwHold - rwReader | rwWriter`,
		new:  `	rwInUse     = rwHold - 2*rwReader | rwWriter`,
		test: rwlockTests,
	},
	{
		name: "coord/rwlock-reader-beside-a-writer",
		file: coordRWLock,
		old:  `	return v&rwWriter == 0 && l.room(v)`,
		new:  `	return l.room(v)`,
		test: rwlockTests,
	},
	{
		name: "coord/rwlock-room-for-one-too-many",
		file: coordRWLock,
		old:  `	return uint32(v)>>2 < most`,
		new:  `	return uint32(v)>>2 <= most`,
		test: rwlockTests,
	},
	{
		name: "coord/rwlock-downgraded-to-nothing",
		file: coordRWLock,
		old:  `rwHold + readers*rwReader`,
		new:  `rwHold + 0*readers`,
		test: rwlockTests,
	},
	{
		name: "coord/rwlock-the-number-stays",
		file: coordRWLock,
		old:  `	next := hold - rwWriter + rwHold + readers*rwReader`,
		new:  `	next := hold - rwWriter + readers*rwReader`,
		test: rwlockTests,
	},
	{
		name: "coord/rwlock-joins-a-line-that-nobody-serves",
		file: coordRWLock,
		old:  `		case v&rwWaits != 0 || l.word.CompareAndSwap(v, v|rwWaits):`,
		new:  `		case true:`,
		test: rwlockModels,
	},
	{
		name: "coord/rwlock-reader-leaves-a-line-that-is-gone",
		file: coordRWLock,
		old:  `	if v&rwWaits == 0 || v&rwInUse < rwReader {`,
		new:  `	if v&rwInUse < rwReader {`,
		test: rwlockModels,
	},
}
