package zipkin_test

import (
	"fmt"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// A span that was reported in two parts is one span after Merge.
func ExampleMerge() {
	web := zipkin.Endpoint{ServiceName: "web"}
	spans := zipkin.Merge([]zipkin.Span{
		{ID: 1, Name: "get /", Kind: zipkin.Server, Timestamp: 1000, Local: web},
		{ID: 1, Duration: 250, Local: web, Tags: []zipkin.Tag{{Key: "http.status_code", Value: "200"}}},
	})
	for _, s := range spans {
		fmt.Println(s.ID, s.Name, s.Timestamp, s.Duration, s.Tags)
	}
	// Output: 0000000000000001 get / 1000 250 [{http.status_code 200}]
}

// The server shares its client's id: it is below the client, and its own work is
// below the server.
func ExampleNewTree() {
	front, back := zipkin.Endpoint{ServiceName: "front"}, zipkin.Endpoint{ServiceName: "back"}
	spans := zipkin.ByStart([]zipkin.Span{
		{ID: 3, ParentID: 2, Name: "query", Timestamp: 1030, Local: back},
		{ID: 2, ParentID: 1, Name: "serve", Kind: zipkin.Server, Shared: true, Timestamp: 1020, Local: back},
		{ID: 2, ParentID: 1, Name: "call", Kind: zipkin.Client, Timestamp: 1010, Local: front},
		{ID: 1, Name: "visit", Kind: zipkin.Server, Timestamp: 1000, Local: front},
	})
	tree := zipkin.NewTree(spans)
	depth := make([]int, len(spans))
	for i := range tree.Below(0) {
		if p := tree.Nodes[i].Parent; p != zipkin.None {
			depth[i] = depth[p] + 1
		}
		fmt.Println(strings.Repeat(".", depth[i]) + spans[i].Name)
	}
	// Output:
	// visit
	// .call
	// ..serve
	// ...query
}
