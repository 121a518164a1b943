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
	"fixedbugs/issue17381":        "asserts the names of functions on the stack",
	"fixedbugs/issue18149":        "asserts files and lines that runtime.Caller tells",
	"fixedbugs/issue19113":        "asserts types of functions, which have a co now, by reflect",
	"fixedbugs/issue21317":        "runs the compiler",
	"fixedbugs/issue21879":        "prints the names of functions on the stack",
	"fixedbugs/issue22083":        "asserts the file and line of a stack",
	"fixedbugs/issue22662":        "as issue18149",
	"fixedbugs/issue24491a":       "asserts what go:uintptrescapes keeps alive, of calls whose arguments are not those of the source",
	"fixedbugs/issue24491b":       "as issue24491a",
	"typeparam/issue48042":        "is not Go any more when it is rewritten: a local generic interface has a method that is async elsewhere",
	"fixedbugs/issue27201":        "asserts the line that runtime.Caller tells of a deferred call",
	"fixedbugs/issue29504":        "asserts the lines of stacks",
	"fixedbugs/issue29312":        "nests 200 calls of generic functions when it is rewritten, which takes Go's compiler minutes",
	"fixedbugs/issue33724":        "asserts the names of functions on a stack",
	"fixedbugs/issue4562":         "asserts the line that runtime.Caller tells of a deferred call",
	"typeparam/orderedmap":        "is not Go any more when it is rewritten: a generic type's function is given one of another package",
	"typeparam/mdempsky/16":       "asserts the text of a panic, which has the type of a method that has a co now",
	"fixedbugs/issue69507":        "is not Go any more when it is rewritten: a generic function to range over gets a co",
	"fixedbugs/issue7690":         "asserts the lines of a stack",
	"fixedbugs/issue34123":        "asserts the line of a fault",
	"fixedbugs/issue5856":         "asserts the line that runtime.Caller tells of a deferred call",
	"fixedbugs/issue56990":        "is not Go any more when it is rewritten: package testing is given a function, which has a co now",
	"fixedbugs/issue59338":        "is not Go any more when it is rewritten: what a generic function is given tells the type of another, which is wrapped",
	"fixedbugs/issue9355":         "runs the compiler and the linker",
	"fixedbugs/issue9862_run":     "runs the go command",
	"winbatch":                    "checks files of the distribution",
}

// Faults are the programs that asyncgen does not compile to what they are so far. They are tried on
// the coroutine alone.
var Faults = map[string]string{
	"rename": "the package declares error, byte, nil and panic anew, which asyncgen refuses with file and line",
}

// OneWorker are the programs that set something of the goroutine that they run on, which a machine
// leaves when it is stolen. They are polled by one worker.
var OneWorker = map[string]string{
	"recover4": "debug.SetPanicOnFault is a setting of the goroutine",
}
