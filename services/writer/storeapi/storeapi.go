// Package storeapi is what the writer is sent and what it answers. A failure is
// answered with a problem document instead, which is the same for all services.
//
// Names in JSON are in camel case, as Zipkin's traceId is.
package storeapi

// OwnPrefix begins the keys that are the writer's own: others may not store or
// read under them.
const OwnPrefix = "tracelab:"

// Value is what Redis holds under a key: the answer of PUT /values/{key}, whose body
// is the value itself, and of GET /values/{key}.
type Value struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Message is the body of POST /queue. It asks for one visit: the fetcher is asked for the URL, and its status
// is stored.
type Message struct {
	URL string `json:"url"`
}

// Queued is the answer of POST /queue, to a message that was taken.
type Queued struct {
	ID string `json:"id"` // of the stream's entry
}
