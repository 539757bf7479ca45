package executions

import "sync"

// maxKept is how many results an Execution keeps.
const maxKept = 24

// kept are results that are computed of an Execution when they are first asked for.
type kept struct {
	mu    sync.Mutex
	all   map[string]*result
	times int64 // that something was asked for
}

type result struct {
	compute func() (any, error) // once
	used    int64               // kept.times when it was last asked for
}

// Keep returns what compute returns, which it calls for the first who asks for name: others
// who ask meanwhile wait. An Execution keeps results, and errors too, as long as they are
// among those that were asked for last.
func Keep[T any](e *Execution, name string, compute func() (T, error)) (T, error) {
	v, err := e.kept.result(name, func() (any, error) { return compute() })()
	t, _ := v.(T)
	return t, err
}

func (k *kept) result(name string, compute func() (any, error)) func() (any, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.all[name]
	if r == nil {
		k.forget()
		r = &result{compute: sync.OnceValues(compute)}
		k.all[name] = r
	}
	k.times++
	r.used = k.times
	return r.compute
}

// forget makes room for one more.
func (k *kept) forget() {
	if k.all == nil {
		k.all = map[string]*result{}
	}
	if len(k.all) < maxKept {
		return
	}
	oldest := ""
	for name, r := range k.all {
		if oldest == "" || r.used < k.all[oldest].used {
			oldest = name
		}
	}
	delete(k.all, oldest)
}
