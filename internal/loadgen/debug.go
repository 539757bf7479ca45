package loadgen

import "net/http"

// MaxDebug bounds the requests of each variant that are flagged debug: of each, every
// process uploads its execution trace, and the server keeps so many.
const MaxDebug = 20

// debugFlag is the header by which B3 flags a request debug. It goes with whatever header
// has the ids.
const debugFlag = "X-B3-Flags"

// turns is which variant has which request.
type turns struct {
	block, variants, count uint64
	debug                  uint64 // requests of each variant that are flagged
}

func turnsOf(cfg Config) turns {
	return turns{uint64(max(1, cfg.Block)), uint64(len(cfg.Variants)), uint64(cfg.Count), uint64(cfg.Debug)}
}

// variant is which of the variants has request n.
func (t turns) variant(n uint64) int { return int(n / t.block % t.variants) }

// flagged reports whether request n is one of those of its variant that are flagged
// debug: they are spread evenly over all of them.
func (t turns) flagged(n uint64) bool {
	if t.debug == 0 {
		return false
	}
	cycle, v := t.block*t.variants, uint64(t.variant(n))
	number := n/cycle*t.block + n%cycle - v*t.block // among those of the variant
	all := t.count/cycle*t.block + min(t.block, t.count%cycle-min(t.count%cycle, v*t.block))
	before := func(k uint64) uint64 { return (2*k*t.debug + all) / (2 * all) }
	return before(number+1) > before(number)
}

// flag is r, flagged debug.
func flag(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Set(debugFlag, "1")
	return r
}
