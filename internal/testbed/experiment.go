package testbed

import "bytes"

// EndedByExperiment reports whether a program that traced allocations, as an experiment of
// Go's runtime does, was ended by the experiment: while the runtime of Go 1.26.8 writes down
// what is in the heap, it reads memory now and then that has just been given back. That is
// no fault of what is tested; another run is needed.
func EndedByExperiment(output []byte) bool {
	return bytes.Contains(output, []byte("SIGSEGV")) && bytes.Contains(output, []byte("runtime.traceAdvance"))
}
