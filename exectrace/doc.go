// Package exectrace reads what Go's execution tracer writes: the files of
// runtime/trace.Start, of go test -trace, of /debug/pprof/trace and of a
// runtime/trace.FlightRecorder.
//
// A File is a trace as bytes. It can be cut down to the time that is of
// interest before any event of it is decoded, and damage to a part of it costs
// no more than that part, which a Loss describes.
//
// File.Events yields its events one after the other. Read indexes them: a Trace
// knows what every goroutine did and when, and the tasks, regions and logs of the
// program. Trace.Breakdown returns what the time of a task was spent on, by all
// goroutines that worked for it.
//
// The packages below are analyses of a File or a Trace: stats sums up the states
// of goroutines, groups sums up goroutines, tasks and regions by name, mmu,
// counters and delay compute what go tool trace shows, chrome writes for other
// viewers, and wire reads events as they are written. Package userlog is what
// programs write into their own trace for this package to read.
//
// Events are decoded by golang.org/x/exp/trace, which reads the formats of
// Go 1.11 to 1.26 and makes no promise about its own API; nothing of it shows
// in this package's.
package exectrace
