package exectrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Anonymize writes the trace with other names: functions and files that are not
// of the standard library, tasks, regions, and the categories and messages of
// logs have pseudonyms, the same one for the same name wherever it stands. What
// the runtime says, and names of the standard library, stay; of its files the
// directory that Go is installed in goes. Times, numbers, addresses and lines
// stay too, and what the wall clock said.
//
// Batches of experiments, which have names of types in them, are left out. A
// damaged generation is left out whole, and returned as lost. Traces of before
// Go 1.22 are refused.
func (f *File) Anonymize(w io.Writer) ([]Loss, error) {
	if f.minor < generations {
		return nil, fmt.Errorf("its format is that of Go 1.%d: those of Go 1.%d and later can be anonymized", f.minor, generations)
	}
	p, broken := f.pseudonyms()
	if _, err := w.Write(f.header[:]); err != nil {
		return nil, err
	}
	found, _ := f.generations()
	var lost []Loss
	at := f.lo
	for _, g := range found {
		end := g.Offset + g.Size
		if err := damaged(g, broken); err != nil {
			lost, at = append(lost, Loss{Offset: at, Size: end - at, Err: err}), end
			continue
		}
		if at < g.Offset {
			lost = append(lost, Loss{Offset: at, Size: g.Offset - at, Err: errors.New("it is no batch")})
		}
		at = end
		if err := f.anonymize(w, g, p); err != nil {
			return lost, err
		}
	}
	if at < f.hi {
		lost = append(lost, Loss{Offset: at, Size: f.hi - at, Err: errors.New("it is no batch")})
	}
	return lost, nil
}

// damaged is why a generation cannot be read, if so.
func damaged(g Generation, broken []Loss) error {
	for _, l := range broken {
		if l.Offset < g.Offset+g.Size && l.end() > g.Offset {
			return l.Err
		}
	}
	if g.Cut {
		return errors.New("the trace ends within a generation")
	}
	return nil
}

// pseudonyms reads the whole trace for what its names are names of.
func (f *File) pseudonyms() (*pseudonyms, []Loss) {
	p := newPseudonyms()
	var broken []Loss
	var table bool // the batch is one of strings
	for ev, err := range f.Wire() {
		var l Loss
		switch {
		case errors.As(err, &l):
			broken = append(broken, l)
			continue
		case ev.Type == eventBatch || ev.Type == stringsType:
			table = ev.Type == stringsType
		case ev.Type == stringType && !table:
			broken = append(broken, Loss{Offset: ev.Offset, Size: ev.Size, Err: errors.New("a string stands outside of its table")})
		}
		p.event(ev)
	}
	return p, broken
}

// anonymize writes a generation.
func (f *File) anonymize(w io.Writer, g Generation, p *pseudonyms) error {
	part := *f
	part.lo, part.hi = g.Offset, g.Offset+g.Size
	s := scanner{f: &part, at: part.lo}
	empty := true
	for {
		b, ok := s.next()
		if !ok {
			return nil
		}
		if b.kind == experimentalBatch || b.kind == endOfGeneration && empty {
			continue
		}
		empty = false
		bytes := make([]byte, b.end()-b.offset)
		if n, err := f.r.ReadAt(bytes, b.offset); n < len(bytes) {
			return fmt.Errorf("at byte %d: %w", b.offset, err)
		}
		if data := bytes[b.data-b.offset:]; len(data) > 0 && WireType(data[0]) == stringsType {
			bytes = part.renamed(b, p)
		}
		if _, err := w.Write(bytes); err != nil {
			return err
		}
	}
}

// renamed is a batch of strings with other strings, or several if they are
// longer than one takes.
func (f *File) renamed(b batch, p *pseudonyms) (out []byte) {
	data := []byte{byte(stringsType)}
	flush := func() {
		out = append(out, eventBatch)
		for _, v := range []uint64{b.generation, b.thread, b.ticks, uint64(len(data))} {
			out = binary.AppendUvarint(out, v)
		}
		out = append(out, data...)
		data = data[:1]
	}
	r := wireReader{f: f, found: []Generation{{Offset: b.offset}}, yield: func(ev *WireEvent, err error) bool {
		if err != nil || ev.Type != stringType {
			return true
		}
		name := p.of(string(ev.Data))
		if len(data)+2*binary.MaxVarintLen64+len(name) > maxBatch {
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
