package waterfall

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/zipkin"
)

// detail is all that is known of one span, in words. The server draws one into
// the page for ?span=; the browser draws any from the same JSON.
type detail struct {
	Key     string      `json:"key"`
	Service string      `json:"service"`
	Name    string      `json:"name"`
	Colour  string      `json:"colour"`
	Error   bool        `json:"error,omitempty"`
	Notes   []string    `json:"notes,omitempty"`
	Facts   [][2]string `json:"facts"`
	Parent  string      `json:"parent,omitempty"` // key of the parent's row
	// Annotations are pairs of offset within the span and value.
	Annotations [][2]string `json:"annotations,omitempty"`
	Tags        [][2]string `json:"tags,omitempty"`
	goroutines
}

// Detail describes the span of row i, or nothing when its parent is missing
// and the row stands for that parent.
func (w *Waterfall) Detail(i int) *detail {
	r := &w.Rows[i]
	s := r.Span
	if s == nil {
		return nil
	}
	d := &detail{
		Key: r.Key, Service: serviceName(s.Local.ServiceName), Name: spanName(s.Name),
		Colour: draw.Class(r.Colour), Error: isError(s), Notes: r.notes(), Facts: w.facts(r),
	}
	if r.Parent != none && w.Rows[r.Parent].Span != nil {
		d.Parent = w.Rows[r.Parent].Key
	}
	for _, a := range s.Annotations {
		at := "–"
		if s.Timestamp > 0 {
			at = draw.Offset(a.Timestamp - s.Timestamp)
		}
		d.Annotations = append(d.Annotations, [2]string{at, a.Value})
	}
	d.goroutines, d.Tags = takeGoroutines(s)
	return d
}

// Search is the address of the traces in which the same service has this tag,
// or empty when Zipkin's grammar cannot ask for it.
func (d *detail) Search(tag [2]string) string {
	key, value := tag[0], tag[1]
	if strings.Contains(key+" "+value, " and ") || strings.Contains(key, "=") || len(key+value) > 200 {
		return ""
	}
	return d.searchFor(key + "=" + value)
}

// SearchState is the address of the traces in which a span of the same service
// was in this state.
func (d *detail) SearchState(state string) string { return d.searchFor(labapi.TagPrefix + state) }

func (d *detail) searchFor(annotationQuery string) string {
	q := url.Values{"annotationQuery": {annotationQuery}}
	if d.Service != display.Service("") {
		q.Set("serviceName", d.Service)
	}
	return "/?" + q.Encode()
}

func (w *Waterfall) facts(r *row) [][2]string {
	s := r.Span
	facts := [][2]string{{"Kind", kindName(s.Kind)}}
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, [2]string{label, value})
		}
	}
	if s.Timestamp > 0 {
		add("Start", draw.Offset(r.start()-w.Axis.Zero))
		add("Time", draw.RFC3339(r.start()))
	} else {
		add("Start", "–")
	}
	add("Duration", durationOrDash(s))
	add("Share", w.share(s))
	add("Span id", s.ID.String())
	if s.ParentID != 0 {
		add("Parent id", s.ParentID.String())
	}
	add("Address", address(s.Local))
	add("Remote", remote(s.Remote))
	if s.Debug {
		add("Sampling", "debug")
	}
	if s.Shared {
		add("Shared id", "with the caller's span")
	}
	return facts
}

func (w *Waterfall) share(s *zipkin.Span) string {
	if s.Duration <= 0 || w.Axis.Length <= 0 {
		return ""
	}
	return fmt.Sprintf("%.1f %% of the trace", float64(s.Duration)/float64(w.Axis.Length)*100)
}

func kindName(k zipkin.Kind) string {
	if k == "" {
		return "internal"
	}
	return kindNames[k]
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
