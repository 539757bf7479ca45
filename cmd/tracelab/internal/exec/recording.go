package exec

import (
	"context"
	"io"
)

// recording is an execution trace that a service sends while it records it. It ends, whole
// or not, when ctx does, if something has come: to end it early must not cost what there is.
type recording struct {
	ctx  context.Context
	from io.Reader

	begun bool
}

func (r *recording) Read(b []byte) (int, error) {
	n, err := r.from.Read(b)
	r.begun = r.begun || n > 0
	if err != nil && r.ctx.Err() != nil && r.begun {
		err = io.EOF
	}
	return n, err
}
