package faults

import "example.com/tracelab/internal/labapi"

// io are faults in what a service waits for outside itself.
var io = []labapi.Fault{
	{
		Name: "slow-third-party", Service: "fetcher",
		Summary: "the third party's answers are slow to come",
		Params:  []Param{ms(2500)},
		Truth:   Truth{Operation: "GET", State: "network", Shape: "the CLIENT span to the third party is long, and has no child"},
	},
	{
		Name: "cold-connections", Service: "fetcher",
		Summary: "no keep-alive: each request dials anew",
		Params:  []Param{n("connections that are dialled and thrown away first", 20, 50)},
		Truth:   Truth{Operation: "GET", Shape: "the CLIENT span to the third party begins with many dials, and its connection is new"},
	},
	{
		Name: "slow-disk", Service: "writer",
		// On a tmpfs fsync returns at once: there the writes are what takes the time,
		// in the kernel too. compose gives the writer a volume.
		Summary: "every value is also written to a file, with fsync",
		Params:  []Param{ms(1000)},
		Truth:   Truth{Operation: "redisWrite", State: "syscall", Shape: "redisWrite begins its command late"},
	},
	{
		Name: "failing-dependency", Service: "writer",
		Summary: "Redis refuses the command",
		Truth:   Truth{Operation: "SET", Shape: "the CLIENT span of the command has an error, and so have all above it"},
	},
}
