package exectrace

import "sync"

// later is computed when it is asked for first, so that who does not need it
// does not pay for it.
type later[T any] struct {
	once  sync.Once
	value T
}

func (l *later[T]) get(compute func() T) T {
	l.once.Do(func() { l.value = compute() })
	return l.value
}
