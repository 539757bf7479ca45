package spantext

import (
	"math/rand/v2"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// Visits are requests of a gateway, one a second and the last at end, each of which waits
// for a write of the writer that takes about so long. Their traces have the ids from first
// on, and the gateway's span the tag variant.
func Visits(first uint64, n int, end time.Time, variant string, write time.Duration) (traces [][]zipkin.Span) {
	r := rand.New(rand.NewPCG(first, 7))
	gateway, writer := zipkin.Endpoint{ServiceName: "gateway"}, zipkin.Endpoint{ServiceName: "writer"}
	for i := range n {
		id := zipkin.TraceID{Low: first + uint64(i)}
		took := int64(float64(write.Microseconds()) * (0.9 + 0.2*r.Float64()))
		at := end.Add(time.Duration(i-n+1) * time.Second).UnixMicro()
		own := 1000 + int64(r.IntN(200))
		traces = append(traces, []zipkin.Span{
			{TraceID: id, ID: 1, Kind: zipkin.Server, Name: "get /visit", Timestamp: at, Duration: took + own, Local: gateway,
				Tags: []zipkin.Tag{{Key: "http.method", Value: "GET"}, {Key: "http.route", Value: "/visit"}, {Key: "variant", Value: variant}}},
			{TraceID: id, ID: 2, ParentID: 1, Kind: zipkin.Client, Name: "put", Timestamp: at + own/2, Duration: took, Local: gateway, Remote: writer},
			{TraceID: id, ID: 3, ParentID: 2, Kind: zipkin.Server, Name: "put /values/{key}", Timestamp: at + own/2 + 100, Duration: took - 200, Local: writer},
		})
	}
	return traces
}
