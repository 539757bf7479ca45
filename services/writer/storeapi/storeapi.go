// Package storeapi is what the writer is sent and what it answers.
package storeapi

// OwnPrefix begins the keys that are the writer's own: others may not store or
// read under them.
const OwnPrefix = "tracelab:"

// Value is what Redis holds under a key.
type Value struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Message asks for one visit: the fetcher is asked for the URL, and its status
// is stored.
type Message struct {
	URL string `json:"url"`
}

// Queued is the answer to a message that was taken.
type Queued struct {
	ID string `json:"id"` // of the stream's entry
}
