package flight

// rejection is why there is no snapshot: a key for Stats, and a sentence.
type rejection struct{ reason, text string }

// reasonFailed is the reason of a rejection with an error of the runtime as its
// sentence.
const reasonFailed = "failed"

func (r *rejection) Error() string { return r.text }

var (
	errOff         = &rejection{"off", "the flight recorder does not run"}
	errBusy        = &rejection{"busy", "too many snapshots are requested of this process at once"}
	errUnchanged   = &rejection{"unchanged", "nothing more of that trace has run here"}
	errForgotten   = &rejection{"forgotten", "what ran here of that trace ended more than 10 s ago, and is forgotten"}
	errAbsent      = &rejection{"absent", "no span of that trace ran here in the last 10 s"}
	errAgain       = &rejection{"again", "a request of the route that was slow alike was handed in less than " + window.String() + " before"}
	errEnding      = &rejection{"ending", "the process is ending"}
	errQueueFull   = &rejection{"queue_full", "the snapshot was dropped: too many waited for the server"}
	errRejected    = &rejection{"rejected", "the server refused the snapshot"}
	errUndelivered = &rejection{"undelivered", "the snapshot was dropped: the server did not take it for " + tryFor.String()}
)

// refusals are why a trace that the server requests is not handed in, by its state.
var refusals = map[state]*rejection{tooManyAwaited: errBusy, unchanged: errUnchanged, forgotten: errForgotten, absent: errAbsent}
