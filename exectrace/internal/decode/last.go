package decode

import "example.com/tracelab/exectrace/internal/container"

// Last returns when something was last in a file of one generation. It may be later than the
// next generation begins, and then that is told to be later still.
func Last(f *container.File) (last int64) {
	found, _ := f.Generations()
	if len(found) == 0 {
		return 0
	}
	ends := map[uint64]container.Batch{} // of threads
	for s := f.Batches(); ; {
		b, ok := s.Next()
		if !ok {
			break
		}
		if b.Kind == container.EventBatch && int64(b.Thread) != None && b.Size > 0 {
			ends[b.Thread] = b
		}
	}
	for _, b := range ends {
		last = max(last, lastOf(f, &found[0], b))
	}
	return last
}

// lastOf is when something was last in a batch.
func lastOf(f *container.File, g *container.Generation, b container.Batch) int64 {
	s := new(segment)
	end := uint32(b.Size)
	if f.Bytes(s[:end], b.Data) != nil {
		return 0
	}
	ticks := b.Ticks
	for at := uint32(0); at < end; {
		typ, after, next := s.next(at)
		args := shapes[typ].args
		if args == no {
			break // it is a table, or damaged
		}
		ticks += after
		at = s.skip(int(args), next, end+1)
	}
	return g.Time(ticks)
}
