package archive

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"

	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

const (
	maxBatch = 1000    // spans that are yielded at a time
	maxText  = 1 << 20 // bytes of JSON from which a batch is not filled up
)

// Read reads what Write wrote, what a Zipkin answers (a list of spans, or of
// traces), gzipped or not. It takes memory for one batch, whatever the length.
// An error names the span, counted from one, and is the last thing yielded; a
// list that ends too early, or has something after it, is one.
func Read(r io.Reader) Spans {
	return func(yield func([]zipkin.Span, error) bool) {
		in, err := unpacked(r)
		if err != nil {
			yield(nil, err)
			return
		}
		list := &list{in: in}
		for {
			spans, err := list.batch()
			if len(spans) > 0 && !yield(spans, nil) {
				return
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// unpacked looks whether r is gzip rather than trust a name.
func unpacked(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if magic, _ := in.Peek(2); len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return in, nil
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return bufio.NewReaderSize(z, 64<<10), nil
}

// batch reads some spans. With an error come those before it.
func (l *list) batch() ([]zipkin.Span, error) {
	first := l.spans
	text := []byte{'['}
	var failed error
	for n := 0; n < maxBatch && len(text) < maxText; n++ {
		before := len(text)
		if n > 0 {
			text = append(text, ',')
		}
		var err error
		if text, err = l.next(text); err != nil {
			text, failed = text[:before], err
			break
		}
	}
	if len(text) == 1 {
		return nil, failed
	}
	spans, err := codec.DecodeSpans(string(append(text, ']')))
	if err != nil {
		return nil, fmt.Errorf("among the spans %d to %d: %w", first+1, l.spans, err)
	}
	return spans, failed
}
