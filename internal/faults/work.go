package faults

import "example.com/tracelab/internal/labapi"

// work are faults in which the processor does too much.
var work = []labapi.Fault{
	{
		Name: "quadratic", Service: "gateway",
		Summary: "an O(n²) function over the results",
		Params:  []Param{ms(3000)},
		Truth:   Truth{Operation: "main", State: "running", Shape: "main ends late, after its last child"},
	},
	{
		Name: "gc-pressure", Service: "fetcher", HurtsOthers: true,
		Summary: "a storm of allocations",
		Params:  []Param{ms(1000)},
		Truth:   Truth{Operation: "httpRequest", State: "gc-assist", Shape: "httpRequest begins its call late"},
	},
	{
		Name: "goroutine-flood", Service: "gateway", HurtsOthers: true,
		Summary: "thousands of goroutines that all want to run",
		// Fewer would not keep all processors of a large machine busy.
		Params: []Param{ms(1000), {Name: "n", Help: "goroutines", Default: 4000, Min: 1000, Max: 20000}},
		Truth:  Truth{Operation: "main", State: "runnable", Shape: "main begins its first call late"},
	},
}
