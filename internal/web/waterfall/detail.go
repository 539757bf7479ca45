package waterfall

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
)

// detail is all that is known of one span, in words: the panel of the page.
type detail struct {
	Key     string
	Service string
	Name    string
	Colour  string
	Error   bool
	Notes   []string
	Path    []string // what the critical path says of it
	Facts   [][2]string
	Parent  string // key of the parent's row
	// Annotations are pairs of offset within the span and value.
	Annotations [][2]string
	Tags        [][2]string
	Peers       string // how usual its duration is, if that was asked for
	Cut         string // says that not all is shown
	request     bool
	Deep        bool // it has spans below it, and is not what is shown as the root
	goroutines

	shown
	trace zipkin.TraceID
	span  *zipkin.Span
}

// detail describes the span of row i, or nothing when its parent is missing
// and the row stands for that parent.
func (w *Waterfall) detail(i int, words shell.Words, s shown) *detail {
	r := &w.Rows[i]
	if r.Span == nil {
		return nil
	}
	d := &detail{
		Key: r.Key, Service: serviceName(r.Span.Local.ServiceName), Name: spanName(r.Span.Name),
		Colour: draw.Class(r.Colour), Error: r.Span.Failed(), Notes: r.notes(), Facts: w.facts(r, words), Path: w.onPath(r, words),
		Deep: r.Descendants > 0 && i > 0, request: r.Span == w.root, shown: s, trace: w.ID, span: r.Span,
	}
	if r.Parent != none && w.Rows[r.Parent].Span != nil {
		d.Parent = w.Rows[r.Parent].Key
	}
	for _, a := range r.Span.Annotations {
		at := "–"
		if r.Span.Timestamp > 0 {
			at = draw.Offset(a.Timestamp - r.Span.Timestamp)
		}
		d.Annotations = append(d.Annotations, [2]string{at, a.Value})
	}
	d.goroutines, d.Tags = takeGoroutines(r.Span)
	d.bound(words)
	return d
}

// Bounds of what the panel shows of a span: it is the JSON that has all.
const (
	maxPairs = 300
	maxValue = 4000 // bytes
)

// bound cuts what is too long, and says so.
func (d *detail) bound(words shell.Words) {
	cut := false
	for _, pairs := range []*[][2]string{&d.Annotations, &d.Tags} {
		if len(*pairs) > maxPairs {
			*pairs, cut = (*pairs)[:maxPairs], true
		}
		for i := range *pairs {
			for n, text := range (*pairs)[i] {
				if len(text) > maxValue {
					(*pairs)[i][n], cut = strings.ToValidUTF8(text[:maxValue], "")+"…", true
				}
			}
		}
	}
	if cut {
		d.Cut = words.T("Not all is shown: the JSON of the trace has the rest.")
	}
}

func (w *Waterfall) facts(r *row, words shell.Words) [][2]string {
	s := r.Span
	facts := [][2]string{{words.T("Kind"), kindName(s.Kind, words)}}
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, [2]string{label, value})
		}
	}
	if r.timed() {
		add(words.T("Start"), draw.Offset(r.start()-w.Axis.Zero))
		add(words.T("Time"), draw.RFC3339(r.start()))
	} else {
		add(words.T("Start"), "–")
	}
	add(words.T("Duration"), durationOrDash(s))
	add(words.T("Share"), w.share(s, words))
	if s.Duration > 0 {
		add(words.T("Self time"), display.Micros(w.measured(r).Self))
	}
	add(words.T("Span id"), s.ID.String())
	if s.ParentID != 0 {
		add(words.T("Parent id"), s.ParentID.String())
	}
	add(words.T("Address"), address(s.Local))
	add(words.T("Remote"), remote(s.Remote))
	if s.Debug {
		add(words.T("Sampling"), "debug")
	}
	if s.Shared {
		add(words.T("Shared id"), words.T("with the caller's span"))
	}
	return facts
}

func (w *Waterfall) share(s *zipkin.Span, words shell.Words) string {
	if s.Duration <= 0 || w.Axis.Length <= 0 {
		return ""
	}
	return words.T("%.1f %% of the trace", float64(s.Duration)/float64(w.Axis.Length)*100)
}

func kindName(k zipkin.Kind, words shell.Words) string {
	if k == "" {
		return words.T("internal")
	}
	return words.T(kindNames[k])
}

var kindNames = map[zipkin.Kind]string{
	zipkin.Client: "client", zipkin.Server: "server",
	zipkin.Producer: "producer", zipkin.Consumer: "consumer",
}

func durationOrDash(s *zipkin.Span) string {
	if s.Duration <= 0 {
		return "–"
	}
	return display.Micros(s.Duration)
}

func remote(e zipkin.Endpoint) string {
	switch addr := address(e); {
	case e.ServiceName == "":
		return addr
	case addr == "":
		return e.ServiceName
	default:
		return e.ServiceName + " at " + addr
	}
}

func address(e zipkin.Endpoint) string {
	ip := e.IPv4
	if ip == "" {
		ip = e.IPv6
	}
	switch {
	case e.Port == 0:
		return ip
	case ip == "":
		return "port " + strconv.Itoa(int(e.Port))
	}
	return net.JoinHostPort(ip, strconv.Itoa(int(e.Port)))
}

// notes are sentences about what is odd with a row.
func (r *row) notes() []string {
	var ns []string
	switch {
	case r.apart != 0:
		ns = append(ns, fmt.Sprintf("It began at %s by the clock of its host, which differs from that of its caller: all times are by that of the caller here.", draw.RFC3339(r.Span.Timestamp)))
	case r.Skew < 0:
		ns = append(ns, fmt.Sprintf("Starts %s before its parent: the clocks of the two hosts differ.", display.Micros(-r.Skew)))
	case r.Skew > 0:
		ns = append(ns, fmt.Sprintf("Starts %s after its caller had ended: the clocks of the two hosts differ, or the caller gave up.", display.Micros(r.Skew)))
	}
	for _, n := range noteSentences {
		if r.Notes&n.note != 0 {
			ns = append(ns, n.sentence)
		}
	}
	return ns
}

var noteSentences = []struct {
	note     zipkin.Note
	word     string
	sentence string
}{
	{zipkin.Orphan, "", "Its parent is not among the spans: it was lost, is still on its way, or was never sampled."},
	{zipkin.SelfParent, "own parent", "It names itself as its parent, so it is shown as a root."},
	{zipkin.InCycle, "parent cycle", "Its ancestors lead back to it, so it is shown as a root."},
	{zipkin.Repeated, "id repeated", "Another span of this trace has the same id."},
}
