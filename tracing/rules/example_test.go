package rules_test

import (
	"fmt"
	"time"

	"example.com/tracelab/tracing/rules"
)

// A time limit for each route.
func ExampleParse() {
	limits, err := rules.Parse("GET /visit=50ms; POST /visits=2s; 1s", time.Second, time.ParseDuration)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(limits.Of("GET /visit"), limits.Of("GET /healthz"))
	// Output: 50ms 1s
}
