package faults

import (
	"maps"
	"math"
	"strconv"
)

// Visit is the requests to the gateway that show a fault.
type Visit struct {
	Queued bool     // they are queued: POST /visits, not GET /visit
	Paths  []string // of the third party, one for each URL; none: what a visit of no URL goes to
	Times  int      // how many requests
}

// Visit is the requests that i happens to, one of them at least.
func (i Injection) Visit() Visit {
	v := Visit{Times: tries(i.Args.Int(percent.Name))}
	switch i.Name {
	case "serial-fanout":
		v.Paths = twoPaths(300)
	case "lost-deadline": // of which nothing shows where all is done in time
		v.Paths = []string{delay(i.Args.Int("ms") + 200)}
	case "slow-queue":
		v.Queued = true
	}
	return v
}

// Always is i for every request that asks for it.
func (i Injection) Always() Injection {
	args := maps.Clone(i.Args)
	args[percent.Name] = percent.Default
	return Injection{i.Fault, args}
}

// MysteryVisit is the requests that any mystery of a level happens to: they say nothing
// of which it is.
func MysteryVisit(level int) Visit {
	v := Visit{Paths: twoPaths(mysteryMost + 50), Times: 1}
	if level == Levels {
		v.Times = tries(rarest)
	}
	return v
}

// twoPaths are those of two visits side by side. In turn, the second would begin when
// the first, which takes so many milliseconds, has ended.
func twoPaths(ms int) []string { return []string{delay(ms), "/get"} }

func delay(ms int) string { return "/delay/" + strconv.FormatFloat(float64(ms)/1000, 'f', -1, 64) }

// tries is how many requests it takes until a fault of percent of them has happened
// to one, but for one time in a thousand.
func tries(percent int) int {
	if percent >= 100 {
		return 1
	}
	const most = 100
	return min(most, int(math.Ceil(math.Log(0.001)/math.Log(1-float64(percent)/100))))
}
