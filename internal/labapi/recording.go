package labapi

// RecordingsPath is where a process sends an execution trace that the server asked for: below
// it, by the id of the request. The body is the execution trace, as it is recorded. The server
// answers before it has ended to say that no more is wanted.
const RecordingsPath = "/tracelab/v1/recordings"

// RefusedHeader is the header of a POST to RecordingsPath without a body: it says in words why
// there is no execution trace.
const RefusedHeader = "Tracelab-Refused"

// RecordingRequested is the kind of the message by which the server asks a process over the
// control stream for an execution trace. Its body is a RecordingRequest.
const RecordingRequested = "recording"

// RecordingRequest asks a process for an execution trace of the seconds from now on.
type RecordingRequest struct {
	ID      string `json:"id"`
	Seconds int    `json:"seconds"`
}
