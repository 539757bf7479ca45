package faults

import "example.com/tracelab/internal/labapi"

// waits are faults in which a request waits for something that another has.
var waits = []labapi.Fault{
	{
		Name: "lock-contention", Service: "writer",
		Summary: "a mutex is held across I/O by another goroutine",
		Params:  []Param{ms(1000)},
		Truth:   Truth{Operation: "redisWrite", State: "sync", Shape: "redisWrite begins its command late"},
	},
	{
		Name: "pool-exhaustion", Service: "writer",
		Summary: "one connection to Redis for all, and another has it",
		Params:  []Param{ms(1000)},
		Truth:   Truth{Operation: "SET", State: "channel", Shape: "the CLIENT span of the command waits before it sends"},
	},
	{
		Name: "narrow-channel", Service: "fetcher",
		Summary: "one worker behind an unbuffered channel, and it is at work for another",
		Params:  []Param{ms(1000)},
		Truth:   Truth{Operation: "httpRequest", State: "channel", Shape: "httpRequest begins its call late"},
	},
	{
		Name: "slow-queue", Service: "writer",
		Summary: "the consumer of the queue falls behind",
		Needs:   "a queued visit: POST /visits",
		Params:  []Param{ms(10000)},
		Truth:   Truth{Operation: "process visits", Shape: "time passes between the PRODUCER span and its CONSUMER"},
	},
}
