package corpus

// Excluded are the programs that cannot be judged, each with the reason; those of other folders than
// the top one with their folder. What a
// program is called is no reason: none of these is kept out because an await does harm to it.
var Excluded = map[string]string{
	"closure":                     "asserts that code between two readings of the heap's figures allocates nothing",
	"devirtualization_nil_panics": "asserts the line numbers of its source",
	"heapsampling":                "asserts what the profile of the heap holds, to a few percent",
	"finprofiled":                 "asserts what the profile of the heap holds",
	"inline_literal":              "reads the line table of its own binary",
	"linkmain_run":                "runs the compiler and the linker on other files of its folder",
	"linkobj":                     "runs the compiler and the linker",
	"linkx_run":                   "runs the linker on other files of its folder",
	"nosplit":                     "builds programs with the assembler and the linker",
	"fixedbugs/bug347":            "asserts in which function and line a panic began, by runtime.Caller",
	"fixedbugs/bug348":            "as bug347",
	"fixedbugs/bug369":            "runs the compiler on files of its folder",
	"fixedbugs/issue14646":        "asserts the line that runtime.Caller tells of a deferred call",
	"winbatch":                    "checks files of the distribution",
}

// Faults are the programs that asyncgen does not compile to what they are so far. They are tried on
// the coroutine alone.
var Faults = map[string]string{
	"rename": "the package declares error, byte, nil and panic anew, which asyncgen refuses with file and line",
}
