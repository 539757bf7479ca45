package exectrace

import (
	"cmp"
	"slices"
)

// Footprint says what the bytes of a trace are spent on.
type Footprint struct {
	Size int64
	// Types are those of the events that there are, the one with most bytes
	// first.
	Types []TypeFootprint
	// Structure is how many bytes are no events of their own, but what all are
	// built of: headers, tables, clocks, padding. Tables is its part for strings
	// and stacks.
	Structure, Tables int64
	// Padding is how much longer numbers are than need be: the runtime leaves
	// room for the size of a batch, which it does not know yet.
	Padding     int64
	Lost        []Loss // what could not be read
	Events      int64
	Generations []GenerationFootprint
}

// TypeFootprint is what events of a type take, without padding.
type TypeFootprint struct {
	Type  WireType
	Bytes int64
	Count int64
}

// GenerationFootprint is what a generation takes, with all that is in it.
type GenerationFootprint struct {
	Number    uint64
	Bytes     int64
	Events    int64
	Structure int64
	Tables    int64
}

// Footprint reads the events as they are written and adds up their bytes. The
// error says that the trace is of a format without such events: those of before
// Go 1.22.
func (f *File) Footprint() (*Footprint, error) {
	p := &Footprint{Size: f.Size(), Structure: headerSize}
	var types [len(wireTypes)]TypeFootprint
	for ev, err := range f.Wire() {
		if l, ok := err.(Loss); ok {
			p.Lost = append(p.Lost, l)
			continue
		}
		if err != nil {
			return nil, err
		}
		t := &types[ev.Type]
		t.Type = ev.Type
		t.Bytes += ev.needed()
		t.Count++
		p.add(ev)
	}
	for _, t := range types {
		if t.Count > 0 {
			p.Types = append(p.Types, t)
		}
	}
	slices.SortStableFunc(p.Types, func(a, b TypeFootprint) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return p, nil
}

func (p *Footprint) add(ev *WireEvent) {
	n := len(p.Generations)
	if n == 0 || p.Generations[n-1].Number != ev.Generation {
		p.Generations = append(p.Generations, GenerationFootprint{Number: ev.Generation})
		n++
	}
	g := &p.Generations[n-1]
	p.Events, g.Events = p.Events+1, g.Events+1
	p.Padding += ev.Size - ev.needed()
	g.Bytes += ev.Size
	if ev.Type.Timed() {
		return
	}
	p.Structure, g.Structure = p.Structure+ev.Size, g.Structure+ev.Size
	switch ev.Type {
	case stacksType, stackType, stringsType, stringType:
		p.Tables, g.Tables = p.Tables+ev.Size, g.Tables+ev.Size
	}
}
