package store

import "example.com/tracelab/internal/zipkin"

// traceID, tag and note keep the tables of spans in these tests narrow.

func traceID(high, low uint64) zipkin.TraceID { return zipkin.TraceID{High: high, Low: low} }

func tag(key, value string) zipkin.Tag { return zipkin.Tag{Key: key, Value: value} }

func note(at int64, value string) zipkin.Annotation {
	return zipkin.Annotation{Timestamp: at, Value: value}
}
