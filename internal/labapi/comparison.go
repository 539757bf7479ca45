package labapi

// Kinds of a Comparison.
const (
	CompareSets   = "sets"   // two sets of traces
	CompareTraces = "traces" // two traces: nothing is said of chance
	CompareSlow   = "slow"   // the slow traces of one set, B, and its other traces, A
	CompareTag    = "tag"    // which values of a tag go with slowness, in one set
)

// Mechanisms of a Change: how a call path came to take more time, or less, of the
// critical path.
const (
	MoreCalls   = "more calls"
	FewerCalls  = "fewer calls"
	SlowerCalls = "slower calls"
	FasterCalls = "faster calls"
	LessOverlap = "less overlap" // what ran beside other work has others wait for it now
	MoreOverlap = "more overlap"
	NewPath     = "new"
	GonePath    = "gone"
	ErrorsPath  = "errors"
)

// Paths of rows of a Bridge that are no call path.
const (
	MixPath   = "(traffic mix)" // another share of the strata
	OtherPath = "(other paths)" // those beyond the bound of a comparison
)

// PathSeparator stands between a caller and what it calls in the Path of a Change.
const PathSeparator = " > "

// Comparison says by how much the requests of B took longer than those of A, and which
// call paths that comes from: the answer of GET ComparePath. Times are of the critical
// path, which is all of a request's time, so that the DeltaUS of the Bridge add up to
// DeltaRootUS, to the microsecond.
type Comparison struct {
	Kind string      `json:"kind"`
	A    ComparedSet `json:"a"`
	B    ComparedSet `json:"b"`
	// DeltaRootUS is the change of the mean duration of a request, and DeltaPercent that
	// in percent of A's mean.
	DeltaRootUS  int64   `json:"deltaRootUs"`
	DeltaPercent float64 `json:"deltaPercent"`
	Verdict      Verdict `json:"verdict"`
	// Bridge leads from A's mean to B's: the largest changes first.
	Bridge []Change `json:"bridge"`
	// Quantile is the change of a quantile that was asked for. Nil: none was.
	Quantile *QuantileChange `json:"quantile,omitempty"`
	// Errors say where requests failed more often, or less. Nil: none failed.
	Errors *ErrorChange `json:"errors,omitempty"`
	Strata []Stratum    `json:"strata,omitempty"`
	// Spans are those of both traces, of the kind CompareTraces.
	Spans []AlignedSpan `json:"spans,omitempty"`
	// Tags are the values of tags, of the kind CompareTag, the most telling first.
	// TagsTried is how many there are, for which P of each is adjusted.
	Tags      []TagValue `json:"tags,omitempty"`
	TagsTried int        `json:"tagsTried,omitempty"`
	// States say what the goroutines did in the time that the verdict is about, in
	// requests of both sides of which execution traces are stored.
	States        []StateChange  `json:"states,omitempty"`
	StatesMissing *StatesMissing `json:"statesMissing,omitempty"`
	// Warnings say what makes the comparison doubtful, Sentences what it comes to. Both
	// are for people.
	Warnings  []string `json:"warnings"`
	Sentences []string `json:"sentences"`
}

// ComparedSet is one side of a comparison.
type ComparedSet struct {
	Label string `json:"label"` // what was asked for: a query, a file, an id
	N     int    `json:"n"`     // requests
	// Skipped counts traces that have no request of known duration.
	Skipped    int   `json:"skipped,omitempty"`
	MeanRootUS int64 `json:"meanRootUs"`
	P50RootUS  int64 `json:"p50RootUs"`
	P95RootUS  int64 `json:"p95RootUs"`
	Errors     int   `json:"errors"` // requests with an error in one span at least
	First      int64 `json:"first"`  // when the first request began, µs since the epoch
	Last       int64 `json:"last"`   // when the last one began
	// Cut: the search found more traces than were read.
	Cut bool `json:"cut,omitempty"`
}

// FewestCompared is how many requests of each side it takes to tell a change from chance.
const FewestCompared = 20

// Descriptive reports whether it says nothing but what is there, as there are too few
// requests, or no tag with several values.
func (c *Comparison) Descriptive() bool {
	switch c.Kind {
	case CompareSets:
		return min(c.Verdict.NA, c.Verdict.NB) < FewestCompared
	case CompareTag:
		return len(c.Tags) == 0
	}
	return false
}

// Verdict names the call path that a change comes from. Claimed says whether there is
// evidence for it; without, Service, Operation and the rest are the best guess, if any.
type Verdict struct {
	Claimed   bool   `json:"claimed"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
	Path      string `json:"path"`
	// Below says that what Path calls is meant, too: DeltaUS is the sum of these rows.
	Below     bool   `json:"below,omitempty"`
	Mechanism string `json:"mechanism"`
	// Caller makes the calls: of the mechanisms that are about how many there are, and
	// whether they overlap.
	Caller string `json:"caller,omitempty"`
	// P is the probability of such a change of any path by chance alone. Nil: it was not
	// computed.
	P       *float64 `json:"p"`
	DeltaUS int64    `json:"deltaUs"`
	NA      int      `json:"nA"`
	NB      int      `json:"nB"`
	// DetectableUS is the smallest change of a path that the comparison would have seen
	// four times in five. Zero: it was not computed.
	DetectableUS int64 `json:"detectableUs,omitempty"`
	// Guess says the best guess in words, where nothing is claimed.
	Guess string `json:"guess,omitempty"`
}

// Change is by how much a call path takes more time of the critical path of a request,
// in the mean over all requests. CallsUS, SlowerUS and OverlapUS add up to DeltaUS: more
// calls, slower ones, and that less of them ran beside other work.
type Change struct {
	Path      string `json:"path"`
	Service   string `json:"service,omitempty"`
	Operation string `json:"operation,omitempty"`
	AUS       int64  `json:"aUs"` // mean time on the critical path
	BUS       int64  `json:"bUs"`
	DeltaUS   int64  `json:"deltaUs"`
	// Percent is DeltaUS in percent of A's mean duration of a request.
	Percent float64 `json:"percent"`
	// LowUS and HighUS enclose the change with a confidence of 95 %, by bootstrap. Nil:
	// they were not computed.
	LowUS  *int64 `json:"lowUs,omitempty"`
	HighUS *int64 `json:"highUs,omitempty"`
	// P is adjusted for the number of paths. Nil: it was not computed.
	P         *float64 `json:"p,omitempty"`
	Mechanism string   `json:"mechanism,omitempty"`
	CallsUS   int64    `json:"callsUs"`
	SlowerUS  int64    `json:"slowerUs"`
	OverlapUS int64    `json:"overlapUs"`
	CallsA    float64  `json:"callsA"` // a request, in the mean
	CallsB    float64  `json:"callsB"`
	// Share is the share of the variance of the durations, of the kind CompareSlow. They
	// add up to 1.
	Share *float64 `json:"share,omitempty"`
	// Paths is how many paths the row OtherPath is the sum of.
	Paths int `json:"paths,omitempty"`
	// Exemplars are traces that show it: typical ones of each side.
	ExemplarsA []string `json:"exemplarsA,omitempty"`
	ExemplarsB []string `json:"exemplarsB,omitempty"`
}

// QuantileChange is the change of a quantile of the durations, described and not tested.
type QuantileChange struct {
	Quantile float64 `json:"quantile"` // 0.95
	AUS      int64   `json:"aUs"`
	BUS      int64   `json:"bUs"`
	DeltaUS  int64   `json:"deltaUs"`
	LowUS    int64   `json:"lowUs"` // with a confidence of 95 %, by bootstrap
	HighUS   int64   `json:"highUs"`
}

// ErrorChange says which call paths fail in more requests. An error counts for the
// deepest span that has it.
type ErrorChange struct {
	RateA   float64     `json:"rateA"` // of the requests
	RateB   float64     `json:"rateB"`
	Verdict Verdict     `json:"verdict"` // its DeltaUS is zero
	Paths   []ErrorPath `json:"paths"`
}

// ErrorPath is a call path that fails.
type ErrorPath struct {
	Path       string   `json:"path"`
	Service    string   `json:"service"`
	Operation  string   `json:"operation"`
	A          int      `json:"a"` // requests in which it failed
	B          int      `json:"b"`
	P          *float64 `json:"p,omitempty"` // adjusted for the number of paths
	ExemplarsA []string `json:"exemplarsA,omitempty"`
	ExemplarsB []string `json:"exemplarsB,omitempty"`
}

// Stratum is a group of requests that had the same input, and are compared with each
// other.
type Stratum struct {
	Key string `json:"key"`
	NA  int    `json:"nA"`
	NB  int    `json:"nB"`
	// Used says that there are enough of both sides.
	Used bool `json:"used"`
}

// AlignedSpan is a span of two traces, or of one of them: then the other id is empty.
type AlignedSpan struct {
	Path      string `json:"path"`
	Depth     int    `json:"depth"` // below the root
	Service   string `json:"service"`
	Operation string `json:"operation"`
	A         string `json:"a,omitempty"` // the span's id
	B         string `json:"b,omitempty"`
	// StartAUS and StartBUS are when it began, after the first span of its trace began,
	// by clocks whose differences are removed.
	StartAUS    int64 `json:"startAUs"`
	StartBUS    int64 `json:"startBUs"`
	DurationAUS int64 `json:"durationAUs"`
	DurationBUS int64 `json:"durationBUs"`
	OnPathAUS   int64 `json:"onPathAUs"`
	OnPathBUS   int64 `json:"onPathBUs"`
	DeltaUS     int64 `json:"deltaUs"` // OnPathBUS less OnPathAUS: they add up to DeltaRootUS
}

// TagValue is a tag with a value, and how long the requests took that have it, B, and
// those that do not, A.
type TagValue struct {
	Tag     string `json:"tag"`
	Value   string `json:"value"`
	Service string `json:"service,omitempty"` // whose spans have it
	NWith   int    `json:"nWith"`
	N       int    `json:"n"` // all that were compared
	// SlowWith and FastWith are how many of the slow requests have it, and of the others;
	// Slow and Fast are how many there are.
	SlowWith   int      `json:"slowWith"`
	Slow       int      `json:"slow"`
	FastWith   int      `json:"fastWith"`
	Fast       int      `json:"fast"`
	WithUS     int64    `json:"withUs"` // mean duration
	WithoutUS  int64    `json:"withoutUs"`
	DeltaUS    int64    `json:"deltaUs"`
	P          *float64 `json:"p,omitempty"` // adjusted for the number of values tried
	Claimed    bool     `json:"claimed"`
	ExemplarsA []string `json:"exemplarsA,omitempty"`
	ExemplarsB []string `json:"exemplarsB,omitempty"`
}

// StateChange is by how much more time goroutines were in a state, in the mean over the
// requests of each side that could be explained.
type StateChange struct {
	Service string `json:"service"`
	State   string `json:"state"`
	AUS     int64  `json:"aUs"`
	BUS     int64  `json:"bUs"`
	DeltaUS int64  `json:"deltaUs"`
}

// StatesMissing says of how many requests of each side States are, and what is missing.
type StatesMissing struct {
	ExplainedA int `json:"explainedA"`
	ExplainedB int `json:"explainedB"`
	TriedA     int `json:"triedA"`
	TriedB     int `json:"triedB"`
	// Reason is a sentence for people. Empty: enough is there.
	Reason string `json:"reason,omitempty"`
}
