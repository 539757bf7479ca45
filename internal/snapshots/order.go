package snapshots

import "sync"

// order has what each process uploads stored in the order in which it comes: that there
// is nothing more is not to be heard before what there is. The zero value is ready.
type order struct {
	mu   sync.Mutex
	last map[string]chan struct{} // by instance: closed when the latest upload is stored
}

// next takes a number: what it returns does something once all before have.
func (o *order) next(instance string) (turn func(do func())) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last == nil {
		o.last = map[string]chan struct{}{}
	}
	before, mine := o.last[instance], make(chan struct{})
	o.last[instance] = mine
	return func(do func()) {
		defer o.done(instance, mine)
		if before != nil {
			<-before
		}
		do()
	}
}

func (o *order) done(instance string, mine chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last[instance] == mine {
		delete(o.last, instance)
	}
	close(mine)
}
