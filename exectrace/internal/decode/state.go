package decode

// goroutine is what is known of a goroutine.
type goroutine struct {
	id      int64
	seq     uint64 // of its last event
	gen     uint32 // that seq counts in
	regions int32  // of Decoder.regions, plus one
	status  uint8  // 0: it does not exist
	assists bool
}

// proc is what is known of a processor.
type proc struct {
	seq    uint64
	gen    uint32
	status uint8 // 0: it is not known
	sweeps bool
}

// thread is a thread and what it runs.
type thread struct {
	id        int64
	goroutine int64
	index     int32
	g, p      int32
	seen      bool
}

type task struct{ parent, name uint64 }

type region struct{ task, name uint64 }

const (
	gcUndetermined = iota
	gcNotRunning
	gcRunning
)
