package wire

import (
	"cmp"
	"slices"

	"example.com/tracelab/exectrace/internal/container"
)

// Footprint has the sizes of the parts of a trace.
type Footprint struct {
	Size   int64  `json:"size"` // of the file, in bytes
	Lost   int64  `json:"lost"` // bytes that could not be read
	Losses []Loss `json:"-"`
	Events int64  `json:"events"` // number of events
	// Types are the types of events in the trace, the one with most bytes first.
	Types       []TypeFootprint       `json:"types"`
	Structure   Structure             `json:"structure"`
	Generations []GenerationFootprint `json:"generations"`
}

// TypeFootprint is the size of all events of a type, without padding.
type TypeFootprint struct {
	Type         Type    `json:"type"`
	Bytes        int64   `json:"bytes"`
	BytesPercent float64 `json:"bytes_percent"` // of the file
	Count        int64   `json:"count"`
	CountPercent float64 `json:"count_percent"` // of all events
}

// Structure is the size of everything in a trace that did not happen at a time: headers,
// tables, clocks and padding.
type Structure struct {
	Bytes  int64 `json:"bytes"`  // all of it
	Tables int64 `json:"tables"` // the tables of strings and stacks, in bytes
	// Padding is the number of bytes by which numbers are longer than necessary. The
	// runtime reserves room for the size of a batch before it knows it.
	Padding int64 `json:"padding"`
}

// GenerationFootprint is the size of a generation.
type GenerationFootprint struct {
	Number       uint64  `json:"generation"`
	Bytes        int64   `json:"bytes"`
	BytesPercent float64 `json:"bytes_percent"` // of the file
	Events       int64   `json:"events"`        // number of events
	Structure    int64   `json:"structure"`     // in bytes
	Tables       int64   `json:"tables"`        // in bytes
}

// Measure reads the trace and returns its footprint. It returns an error for a trace of
// before Go 1.22.
func Measure(f *File) (*Footprint, error) {
	p := &Footprint{Size: f.c.Size(), Structure: Structure{Bytes: container.HeaderSize}}
	var byType [len(types)]TypeFootprint
	for ev, err := range f.Events() {
		if l, ok := err.(Loss); ok {
			p.Lost += l.Size
			p.Losses = append(p.Losses, l)
			continue
		}
		if err != nil {
			return nil, err
		}
		sum := &byType[ev.Type]
		sum.Type = ev.Type
		sum.Bytes += ev.needed()
		sum.Count++
		p.add(ev)
	}
	p.finish(byType[:])
	return p, nil
}

func (p *Footprint) add(ev *Event) {
	n := len(p.Generations)
	if n == 0 || p.Generations[n-1].Number != ev.Generation {
		p.Generations = append(p.Generations, GenerationFootprint{Number: ev.Generation})
		n++
	}
	g, all := &p.Generations[n-1], &p.Structure
	p.Events, g.Events = p.Events+1, g.Events+1
	all.Padding += ev.Size - ev.needed()
	g.Bytes += ev.Size
	if ev.Type.Timed() {
		return
	}
	all.Bytes, g.Structure = all.Bytes+ev.Size, g.Structure+ev.Size
	switch ev.Type {
	case stacksType, stackType, stringsType, stringType:
		all.Tables, g.Tables = all.Tables+ev.Size, g.Tables+ev.Size
	}
}

// finish puts the sums in order, and adds what they are in percent.
func (p *Footprint) finish(byType []TypeFootprint) {
	for _, sum := range byType {
		if sum.Count > 0 {
			sum.BytesPercent, sum.CountPercent = percent(sum.Bytes, p.Size), percent(sum.Count, p.Events)
			p.Types = append(p.Types, sum)
		}
	}
	slices.SortStableFunc(p.Types, func(a, b TypeFootprint) int { return cmp.Compare(b.Bytes, a.Bytes) })
	for i := range p.Generations {
		p.Generations[i].BytesPercent = percent(p.Generations[i].Bytes, p.Size)
	}
}

func percent(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}
