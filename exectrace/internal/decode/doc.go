// Package decode reads the events of an execution trace of Go 1.22 or later: it puts what
// each thread wrote into the order in which it can have happened.
//
// The rules are those of golang.org/x/exp/trace, which is what go tool trace reads with:
// a Decoder with AsGoTool set returns the same events, in the same order and with the same
// times. They differ in what they cost. A Decoder allocates nothing for an event, takes no
// lock and looks into no map; it reads each number once; and as long as the events of one
// thread are the earliest it compares them with nothing.
//
// The format is described in internal/trace/tracev2 of Go's source.
package decode
