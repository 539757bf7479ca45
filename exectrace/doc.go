// Package exectrace reads what Go's execution tracer writes: the files of
// runtime/trace.Start, of go test -trace, of /debug/pprof/trace and of a
// runtime/trace.FlightRecorder.
//
// A [File] is an execution trace as bytes, made by [Open], [NewFile] or [FromBytes].
// [File.Cut] cuts it down to a time without decoding events. Where a File is damaged,
// the rest of it is read, and a [Loss] describes what is lost.
//
// [File.Events] returns an iterator over the events, in bounded memory. [Read] indexes
// them: a [Trace] has the states of every goroutine over time, and the tasks, regions
// and logs of the program. [Trace.Breakdown] returns what the time of a task was spent
// on, by all goroutines that worked for it.
//
// The packages in the directories below are analyses of a File or a Trace. Package
// stats sums up the states of goroutines; groups sums up goroutines, tasks and regions
// by name; lanes lays them out in time; calltree sums up in which calls goroutines were;
// mmu, counters and delay compute what go tool trace shows; chrome writes traces for other
// viewers; wire reads events as they are written. Package userlog has the messages that programs log into their own execution
// trace for this package.
//
// The formats of Go 1.11 to 1.26 are read, the last of which Go 1.27 writes, too. Those of
// before Go 1.22 are decoded by golang.org/x/exp/trace, which makes no promise about its
// API: nothing of it is in the API of this package.
package exectrace
