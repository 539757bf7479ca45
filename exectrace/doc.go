// Package exectrace reads what Go's execution tracer writes: the files of
// runtime/trace.Start, of go test -trace, of /debug/pprof/trace and of a
// runtime/trace.FlightRecorder.
//
// A File is a trace as bytes. It can be cut down to the time that is of
// interest before any event of it is decoded, and damage to a part of it costs
// no more than that part. Everything else is computed from a File in one pass
// over its events: an index of goroutines, tasks and regions, profiles, the
// mutator utilization, counters.
//
// Events are decoded by golang.org/x/exp/trace, which reads the formats of
// Go 1.11 to 1.26 and makes no promise about its own API; nothing of it shows
// in this package's.
package exectrace
