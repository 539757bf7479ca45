package display

// states are the states that the time of a request is divided into, and what its
// goroutine did in each. The names are those of package exectrace.
var states = map[string]string{
	"running":        "executed code",
	"cpu-wait":       "waited for a CPU, which the system gave to others",
	"runnable":       "was ready, and waited for one of Go's processors",
	"network":        "waited for the network",
	"sync":           "waited for a mutex, or for another of package sync",
	"channel":        "waited for a channel",
	"select":         "waited in a select",
	"sleep":          "slept, or waited for a timer",
	"syscall":        "was in a system call",
	"gc-assist":      "had to assist the garbage collector",
	"gc-wait":        "waited for the garbage collector",
	"stop-the-world": "was stopped with its whole process",
	"unknown":        "did what is not known",
}

// State says what a goroutine did in a state, with the goroutine, or its
// request, as the subject. It is empty if there is no such state.
func State(name string) string { return states[name] }
