package faults

import "example.com/tracelab/internal/labapi"

// calls are faults in which and how many calls are made.
var calls = []labapi.Fault{
	{
		Name: "serial-fanout", Service: "gateway",
		Summary: "URLs that could be visited side by side are visited in turn",
		Needs:   "two URLs or more",
		Truth:   Truth{Operation: "main", Shape: "the visits begin one after the other, without a gap"},
	},
	{
		Name: "retry-storm", Service: "gateway",
		Summary: "calls that fail are made again at once",
		Params:  []Param{n("calls of the fetcher that fail first", 10, 100)},
		Truth:   Truth{Operation: "main", Shape: "CLIENT spans with errors, one right after the other, and then the same call without"},
	},
	{
		Name: "lost-deadline", Service: "gateway",
		Summary: "the caller's deadline does not travel: work goes on after it has gone",
		Params:  []Param{{Name: "ms", Help: "milliseconds after which the gateway gives up", Default: 100, Min: 1, Max: 3000}},
		Truth:   Truth{Operation: "main", Shape: "spans go on after the SERVER span of the gateway has ended with a timeout"},
	},
	{
		Name: "lost-context", Service: "gateway",
		Summary: "one call is made without the headers of the trace",
		Truth:   Truth{Operation: "PUT /values/{key}", Shape: "the call of the writer has no SERVER span below it: the writer's spans are in a trace of their own"},
	},
	{
		Name: "n-plus-one", Service: "writer",
		Summary: "a command for each row where one would do for all",
		Params:  []Param{n("rows", 50, 500)},
		Truth:   Truth{Operation: "redisWrite", Shape: "as many CLIENT spans to Redis as there are rows"},
	},
}
