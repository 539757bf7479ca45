// Package analysisapi answers, over HTTP, what can be said of traces by themselves: how
// sets of them differ, and what their critical paths are. Answers are text for a terminal
// or JSON, and bounded.
package analysisapi

import (
	"example.com/tracelab/internal/analysis/states"
	"example.com/tracelab/internal/zipkinapi"
)

// Config says where traces come from.
type Config struct {
	Reader zipkinapi.Reader
	// Explainer knows what goroutines did. Nil: nobody does.
	Explainer states.Explainer
}

// Handlers answer. Their methods may be called at the same time.
type Handlers struct {
	cfg   Config
	slots chan struct{} // holds a token for each comparison
}

// New makes them.
func New(cfg Config) *Handlers {
	return &Handlers{cfg: cfg, slots: make(chan struct{}, maxComparing)}
}
