package labapi

// SamplerChanged is the kind of the message by which the server changes the sampler of
// a process. Its body is the sampler, as a string.
const SamplerChanged = "sampler"

// Sampling is which traces each process records: the answer of GET SamplingPath, and of
// POST, after a change.
type Sampling struct {
	Processes []ProcessSampling `json:"processes"`
}

// ProcessSampling is the sampler of a process.
type ProcessSampling struct {
	Service  string `json:"service"`
	Instance string `json:"instance"`
	Sampler  string `json:"sampler"`
}

// SetSampling asks for another sampler, until the process ends or it is changed again.
// POST SamplingPath takes it from the trusted.
type SetSampling struct {
	Sampler string `json:"sampler"` // in the words of the flag --sampler
	// Service and Instance say of which processes; both empty: of all.
	Service  string `json:"service,omitempty"`
	Instance string `json:"instance,omitempty"`
}
