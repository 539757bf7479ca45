// Package exec is the command tracelab exec: what package exectrace finds
// in an execution trace, as tables and as JSON.
package exec

// Command is tracelab exec.
type Command struct {
	Summary    summaryCommand    `cmd:"" help:"Say what is in it: time, goroutines, threads, heap, collections, events."`
	View       viewCommand       `cmd:"" help:"Show it in pages: goroutines, tasks, regions, delays, the garbage collector."`
	Goroutines goroutinesCommand `cmd:"" help:"Say where the time of goroutines went, by the function that they were started with."`
	Compare    compareCommand    `cmd:"" help:"Put the goroutines of two traces side by side: where their time went, and what differs."`
	Profile    profileCommand    `cmd:"" help:"Say where goroutines were delayed, as pprof profiles: network, synchronization, system calls, scheduler."`
	Tasks      tasksCommand      `cmd:"" help:"Say how long tasks lasted, and which were the slowest."`
	Task       taskCommand       `cmd:"" help:"Show one task: its tree, its regions, its logs, its time by state."`
	Regions    regionsCommand    `cmd:"" help:"Say how long regions lasted, and which were the slowest."`
	MMU        mmuCommand        `cmd:"" name:"mmu" help:"Say how much of the processors garbage collection left to the program, at worst."`
	Events     eventsCommand     `cmd:"" help:"Print its events, in their order or as they are written."`
	Footprint  footprintCommand  `cmd:"" help:"Say what its bytes are spent on."`
	Anonymize  anonymizeCommand  `cmd:"" help:"Write it with pseudonyms in the place of a program's names."`
	Export     exportCommand     `cmd:"" help:"Write it for other viewers."`
}

// Help is shown by tracelab exec --help.
func (c *Command) Help() string {
	return `TRACE is a file that runtime/trace.Start, go test -trace or a flight recorder wrote, or the URL of a running service's /debug/pprof/trace, or - for standard input. Formats of Go 1.11 to 1.26 are read.

Examples:
  tracelab exec summary trace.out
  tracelab exec summary 'http://localhost:6080/debug/pprof/trace?seconds=5'
  tracelab exec view trace.out
  tracelab exec profile net trace.out
  tracelab exec tasks trace.out
  tracelab exec mmu trace.out --svg mmu.svg
  tracelab exec events trace.out --kind Log`
}
