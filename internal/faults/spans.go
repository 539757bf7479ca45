package faults

import "example.com/tracelab/internal/labapi"

// spans are faults in what is reported of a request, not in what it does.
var spans = []labapi.Fault{
	{
		Name: "clock-skew", Service: "fetcher",
		Summary: "the clock that stamps the spans is wrong",
		Params:  []Param{{Name: "ms", Help: "milliseconds that the clock is behind", Default: 100, Min: 1, Max: 60000}},
		Truth:   Truth{Operation: "GET /fetch", Shape: "the SERVER span lies outside its CLIENT parent"},
	},
	{
		Name: "dropped-spans", Service: "writer",
		Summary: "the reporter is too small for the spans that it gets",
		Truth:   Truth{Operation: "PUT /values/{key}", Shape: "the writer's spans are missing; its counter of dropped spans tells how many"},
	},
}
