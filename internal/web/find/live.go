package find

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// The bounds of the live tail.
const (
	maxListeners = 64
	liveTick     = 500 * time.Millisecond
	liveBeat     = 15 * time.Second // after which a silent stream says that it is there
	liveWrite    = 5 * time.Second  // in which a client takes what it is sent
	liveRows     = 50               // at once: what comes faster is counted
	liveLook     = 5000             // traces looked at in one tick
)

// listeners counts those who follow the live tail.
type listeners struct{ n atomic.Int32 }

func (l *listeners) enter() bool {
	if l.n.Add(1) > maxListeners {
		l.n.Add(-1)
		return false
	}
	return true
}

func (l *listeners) leave() { l.n.Add(-1) }

// live sends the traces that answer a search as they come, as Server-Sent Events, until
// the client goes or the server ends. A client that does not take what it is sent
// is disconnected: nothing is kept for it.
func (p *Pages) live(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	// A browser that connects again asks by the same address, and says what it had last.
	since, err := strconv.ParseInt(cmp.Or(r.Header.Get("Last-Event-ID"), v.Get("since"), "0"), 10, 64)
	v.Del("since")
	s := readSearch(v.Encode())
	q := s.query(p.cfg.Now())
	switch {
	case err != nil || since < 0:
		http.Error(w, "since: want ms since 1970", http.StatusBadRequest)
	case !s.Right() || s.Fixed():
		http.Error(w, "A live tail takes the parameters of a search that ends now. Correct it at /?"+v.Encode(), http.StatusBadRequest)
	case !p.listeners.enter():
		w.Header().Set("Retry-After", "10")
		http.Error(w, fmt.Sprintf("%d pages follow the live tail, and no more may: close one, or reload the page instead.", maxListeners), http.StatusServiceUnavailable)
	default:
		defer p.listeners.leave()
		p.follow(w, r, newTail(p, s, q, since))
	}
}

// follow sends what tail finds.
func (p *Pages) follow(w http.ResponseWriter, r *http.Request, t *tail) {
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{}) // that of the server is for requests that end
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	send := func(text string) bool {
		_ = rc.SetWriteDeadline(time.Now().Add(liveWrite))
		_, err := w.Write([]byte(text))
		return err == nil && rc.Flush() == nil
	}
	if !send("retry: 3000\n\n") {
		return
	}
	tick := time.NewTimer(liveTick)
	defer tick.Stop()
	for said := time.Now(); ; {
		select {
		case <-r.Context().Done():
			return
		case <-p.cfg.Ended:
			return
		case <-tick.C:
		}
		began := time.Now()
		text, err := t.next(r)
		if err != nil {
			return // the browser says that it lost the tail, and tries again
		}
		// A Zipkin elsewhere may take long to answer: it is asked a quarter of the time.
		tick.Reset(max(liveTick, 3*time.Since(began)))
		if text == "" && time.Since(said) < liveBeat {
			continue
		}
		if text == "" {
			text = ": nothing new\n\n"
		}
		if said = time.Now(); !send(text) {
			return
		}
	}
}

// tail finds the traces that have become complete.
type tail struct {
	pages  *Pages
	search *search
	query  zipkin.Query
	since  int64                   // ms: what ended before was on the page
	ticks  int                     // so far
	known  map[zipkin.TraceID]seen // of the traces in reach
	// longest is the duration of the longest so far, in µs, with which bars are compared.
	longest int64
}

// seen is what the tail knows of a trace.
type seen struct {
	start int64 // µs
	spans int
	sent  int // spans that the client knows of; zero: it was not sent
}

// newTail makes a tail of what ended since a page was made. Spans come a moment after
// they end: the page may lack what ended just before.
func newTail(p *Pages, s *search, q zipkin.Query, since int64) *tail {
	if since == 0 {
		since = p.cfg.Now().UnixMilli()
	}
	return &tail{pages: p, search: s, query: q, since: since - 3000, known: map[zipkin.TraceID]seen{}}
}

// liveAnswer is the data of an event.
type liveAnswer struct {
	HTML     string `json:"html"` // rows, some in place of others
	More     int    `json:"more"` // traces that are not among the rows
	Attended bool   `json:"attended,omitempty"`
}

// next is the event for what is new, or empty. The error is that the traces cannot be
// read.
func (t *tail) next(r *http.Request) (string, error) {
	ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
	defer cancel()
	lp := &listPage{Page: t.pages.page(r), Search: t.search}
	fresh, more, err := t.look(ctx)
	if err != nil || len(fresh) == 0 {
		return "", err
	}
	t.longest = max(t.longest, longestOf(fresh))
	if err := t.pages.rows(ctx, lp, fresh, t.longest, t.pages.cfg.Now()); err != nil {
		return "", err
	}
	t.note(fresh)
	t.note(more)
	answer := liveAnswer{More: len(more)}
	rows := &buffer{header: http.Header{}}
	t.pages.shell.Fragment(rows, r, http.StatusOK, "list", "rows", lp)
	answer.HTML, answer.Attended = rows.String(), lp.Attendees
	data, err := json.Marshal(answer)
	return fmt.Sprintf("event: traces\nid: %d\ndata: %s\n\n", t.pages.cfg.Now().UnixMilli(), data), err
}

// buffer holds a fragment of a page.
type buffer struct {
	bytes.Buffer
	header http.Header
}

func (b *buffer) Header() http.Header { return b.header }
func (b *buffer) WriteHeader(int)     {}
