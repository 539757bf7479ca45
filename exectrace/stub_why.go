package exectrace

import "iter"

type Span struct {
	TraceID    [16]byte
	ID, Parent [8]byte
	Task       TaskID
}

func (t *Trace) Spans() iter.Seq[Span]            { return nil }
func (t *Trace) SpansOf(trace [16]byte) []Span    { return nil }
func (t *Trace) SpanOf(task TaskID) (Span, bool)  { return Span{}, false }
func (t *Trace) Explain(k Task) []Tile            { return nil }
func (t *Trace) Behind(tile Tile) []Tile          { return nil }
func (t *Trace) TileStack(tile Tile) []Frame      { return nil }
func (t *Trace) RootTask(id TaskID) TaskID        { return 0 }
func (t *Trace) KnowsCPU() bool                   { return false }
