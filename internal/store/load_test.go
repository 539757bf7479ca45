package store

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// endOfLoad is a moment after all spans of load.
var endOfLoad = time.UnixMicro(t0).Add(time.Hour + time.Minute)

// load makes traces of ten spans as a program of six services reports them:
// a chain of calls between the services, with work of their own in between and
// a database at the end, their starts spread over an hour.
func load(traces int) [][]Span {
	r := rand.New(rand.NewPCG(1, 2))
	services := []string{"gateway", "orders", "stock", "prices", "users", "mail"}
	all := make([][]Span, traces)
	for i := range all {
		id := TraceID{r.Uint64() | 1, r.Uint64()}
		at := t0 + int64(i)*3_600_000_000/int64(traces)
		var parent SpanID
		for depth := range 10 {
			hop := depth / 2
			sp := Span{
				TraceID: id, ParentID: parent, ID: SpanID(r.Uint64()), Kind: Server,
				Name:      "get /" + services[hop] + "/{id}",
				Timestamp: at + int64(depth)*1500, Duration: 40_000 - int64(depth)*3000,
				Local: Endpoint{ServiceName: services[hop], IPv4: "10.0.0." + strconv.Itoa(hop)},
				Tags: []Tag{
					{"http.method", "GET"},
					{"http.path", fmt.Sprintf("/%s/%d", services[hop], r.IntN(1e6))},
					{"http.status_code", "200"},
					{"instance", services[hop] + "-7f9c4"},
					{"region", "eu-1"},
				},
			}
			if depth%2 == 1 {
				sp.Kind = Client
				sp.Remote = Endpoint{ServiceName: services[hop+1], IPv4: "10.0.0." + strconv.Itoa(hop+1), Port: 8080}
			}
			if depth == 9 && i%20 == 0 {
				sp.Tags = append([]Tag{{"error", "timeout"}}, sp.Tags...)
			}
			parent = sp.ID
			all[i] = append(all[i], sp)
		}
	}
	return all
}

func filled(tb testing.TB, traces int) *Store {
	tb.Helper()
	s := New(Config{})
	for _, spans := range load(traces) {
		s.Add(spans)
	}
	return s
}
