package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"example.com/tracelab/exectrace/internal/container"
)

// Anonymize writes the trace to w with pseudonyms in the place of names: of functions
// and files that are not in the standard library, of tasks and regions, and of the
// categories and messages of logs. The same name has the same pseudonym everywhere in
// the trace. Names of the standard library and of the runtime are kept, without the
// directory that Go is installed in. Times, ids, addresses, line numbers and the wall
// clock are kept.
//
// Batches of experiments are left out, since they contain names of types. Damaged
// generations are left out, too, and returned. The error is not nil if the trace is of
// before Go 1.22, or if reading it or writing to w fails.
func Anonymize(w io.Writer, file *File) ([]Loss, error) {
	f := file.c
	if f.Minor < container.Generational {
		return nil, fmt.Errorf("its format is that of Go 1.%d: those of Go 1.%d and later can be anonymized", f.Minor, container.Generational)
	}
	p, broken := readPseudonyms(f)
	if _, err := w.Write(f.Header()); err != nil {
		return nil, err
	}
	found, _ := f.Generations()
	var lost []Loss
	at := f.Lo
	for _, g := range found {
		end := g.End()
		if err := damaged(g, broken); err != nil {
			lost, at = append(lost, Loss{Offset: at, Size: end - at, Err: err}), end
			continue
		}
		if at < g.Offset {
			lost = append(lost, Loss{Offset: at, Size: g.Offset - at, Err: errors.New("it is no batch")})
		}
		at = end
		if err := anonymize(w, f.Part(g.Offset, end), p); err != nil {
			return lost, err
		}
	}
	if at < f.Hi {
		lost = append(lost, Loss{Offset: at, Size: f.Hi - at, Err: errors.New("it is no batch")})
	}
	return lost, nil
}

// damaged is why a generation cannot be read, if so.
func damaged(g container.Generation, broken []Loss) error {
	for _, l := range broken {
		if l.Offset < g.End() && l.end() > g.Offset {
			return l.Err
		}
	}
	if g.Cut {
		return errors.New("the trace ends within a generation")
	}
	return nil
}

// readPseudonyms reads the whole trace for what its names are names of.
func readPseudonyms(f *container.File) (*pseudonyms, []Loss) {
	p := newPseudonyms()
	var broken []Loss
	var table bool // the batch is one of strings
	for ev, err := range events(f) {
		var l Loss
		switch {
		case errors.As(err, &l):
			broken = append(broken, l)
			continue
		case ev.Type == container.EventBatch || ev.Type == stringsType:
			table = ev.Type == stringsType
		case ev.Type == stringType && !table:
			broken = append(broken, Loss{Offset: ev.Offset, Size: ev.Size, Err: errors.New("a string stands outside of its table")})
		}
		p.event(ev)
	}
	return p, broken
}

// anonymize writes a generation.
func anonymize(w io.Writer, generation *container.File, p *pseudonyms) error {
	s := generation.Batches()
	empty := true
	for {
		b, ok := s.Next()
		if !ok {
			return nil
		}
		if b.Kind == container.ExperimentalBatch || b.Kind == container.EndOfGeneration && empty {
			continue
		}
		empty = false
		bytes := make([]byte, b.End()-b.Offset)
		if err := generation.Bytes(bytes, b.Offset); err != nil {
			return fmt.Errorf("at byte %d: %w", b.Offset, err)
		}
		if data := bytes[b.Data-b.Offset:]; len(data) > 0 && Type(data[0]) == stringsType {
			bytes = renamed(generation, b, p)
		}
		if _, err := w.Write(bytes); err != nil {
			return err
		}
	}
}

// renamed is a batch of strings with other strings, or several if they are
// longer than one takes.
func renamed(f *container.File, b container.Batch, p *pseudonyms) (out []byte) {
	data := []byte{byte(stringsType)}
	flush := func() {
		out = append(out, container.EventBatch)
		for _, v := range []uint64{b.Generation, b.Thread, b.Ticks, uint64(len(data))} {
			out = binary.AppendUvarint(out, v)
		}
		out = append(out, data...)
		data = data[:1]
	}
	r := reader{f: f, found: []container.Generation{{Offset: b.Offset}}, yield: func(ev *Event, err error) bool {
		if err != nil || ev.Type != stringType {
			return true
		}
		name := p.of(string(ev.Data))
		if len(data)+2*binary.MaxVarintLen64+len(name) > container.MaxBatch {
			flush()
		}
		data = binary.AppendUvarint(append(data, byte(stringType)), ev.Args[0])
		data = append(binary.AppendUvarint(data, uint64(len(name))), name...)
		return true
	}}
	r.readBatch(b)
	flush()
	return out
}
