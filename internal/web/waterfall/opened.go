package waterfall

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

// Bounds of the traces that are opened from files.
const (
	maxFile    = 32 << 20 // bytes
	maxSpans   = 200_000  // of a file: each takes ten times the memory of its shortest JSON
	maxOpened  = 16       // traces
	maxInFiles = 64 << 20 // bytes of their files together
	// maxUploads is how many files are read at once: the others are asked to come again.
	maxUploads = 2
)

// opened are the traces that were opened from files, the oldest first. They are in no
// store: no search finds them.
type opened struct {
	uploads chan struct{}

	mu     sync.Mutex
	traces []openedTrace
}

type openedTrace struct {
	spans []zipkin.Span
	bytes int
}

func newOpened() *opened { return &opened{uploads: make(chan struct{}, maxUploads)} }

// trace is one of them, or none.
func (o *opened) trace(id zipkin.TraceID) []zipkin.Span {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, t := range o.traces {
		if t.spans[0].TraceID == id {
			return t.spans // which nobody changes
		}
	}
	return nil
}

// keep adds a trace, in the place of one with the same id, and lets go of the oldest
// where there are too many.
func (o *opened) keep(t openedTrace) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.traces = slices.DeleteFunc(o.traces, func(other openedTrace) bool { return other.spans[0].TraceID == t.spans[0].TraceID })
	o.traces = append(o.traces, t)
	bytes := 0
	for _, t := range o.traces {
		bytes += t.bytes
	}
	for len(o.traces) > maxOpened || bytes > maxInFiles {
		bytes -= o.traces[0].bytes
		o.traces = slices.Delete(o.traces, 0, 1)
	}
}

// openPage is the form that opens a file.
type openPage struct {
	shell.Page
	MaxFile, MaxOpened int
}

func (p *Pages) openForm(w http.ResponseWriter, r *http.Request) {
	words := p.shell.Words(r)
	op := openPage{p.shell.Page(r, words.T("Open a trace from a file"), ""), maxFile >> 20, maxOpened}
	op.Styles = []string{"time.css", "trace.css", "views.css"}
	p.shell.Show(w, r, http.StatusOK, "open", &op)
}

// open takes a trace from a file, and leads to its page.
func (p *Pages) open(w http.ResponseWriter, r *http.Request) {
	words := p.shell.Words(r)
	select {
	case p.opened.uploads <- struct{}{}:
		defer func() { <-p.opened.uploads }()
	default:
		w.Header().Set("Retry-After", "2")
		p.shell.Problem(w, r, http.StatusServiceUnavailable, shell.Problem{
			Heading: words.T("Other files are being opened"), Text: words.T("No more than %d are read at once. Try again in a moment.", maxUploads),
		})
		return
	}
	text, err := file(w, r)
	var spans []zipkin.Span
	if err == nil {
		spans, err = decode(text)
	}
	if err != nil {
		status := http.StatusBadRequest
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			status, err = http.StatusRequestEntityTooLarge, fmt.Errorf("the file has more than %d MB", maxFile>>20)
		}
		p.shell.Problem(w, r, status, shell.Problem{
			Heading: words.T("The file cannot be opened"), Text: words.T("It should be one trace in Zipkin's JSON, version 1 or 2, as Zipkin's pages and these download it."), Error: err.Error(),
		})
		return
	}
	p.opened.keep(openedTrace{spans, len(text)})
	http.Redirect(w, r, Path(spans[0].TraceID.String())+"?opened=1", http.StatusSeeOther)
}

// uploadTime bounds how long a file may take to come.
const uploadTime = time.Minute

// file reads the field "file" of a form.
func file(w http.ResponseWriter, r *http.Request) (string, error) {
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // where it can be set
	r.Body = http.MaxBytesReader(w, r.Body, maxFile)
	parts, err := r.MultipartReader()
	if err != nil {
		return "", fmt.Errorf("the request is no form with a file (%w): send one as curl -F file=@trace.json does", err)
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return "", errors.New(`the form has no field "file": send one as curl -F file=@trace.json does`)
		case err != nil:
			return "", fmt.Errorf("the form cannot be read: %w", err)
		case part.FormName() == "file":
			return content(part)
		}
	}
}

func content(part *multipart.Part) (string, error) {
	var b strings.Builder
	if _, err := io.Copy(&b, part); err != nil {
		return "", fmt.Errorf("the file cannot be read: %w", err)
	}
	return b.String(), nil
}

// decode reads the spans of one trace: a list of them, or a list of one such list, as
// searches answer.
func decode(text string) ([]zipkin.Span, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if text == "" || text[0] != '[' {
		return nil, fmt.Errorf("it begins with %q, and not with [: want a list of spans", display.Text(text, 20))
	}
	spans, err := decodeList(text)
	if err != nil {
		return nil, errors.New(strings.TrimSpace(err.Error()))
	}
	if len(spans) == 0 {
		return nil, errors.New("it has no spans")
	}
	if len(spans) > maxSpans {
		return nil, fmt.Errorf("it has %d spans: want at most %d", len(spans), maxSpans)
	}
	for i := range spans {
		if spans[i].TraceID.Low != spans[0].TraceID.Low { // a fleet may be on its way to 128 bits
			return nil, fmt.Errorf("it has spans of several traces, such as %s and %s: want those of one", spans[0].TraceID, spans[i].TraceID)
		}
	}
	return spans, nil
}

func decodeList(text string) ([]zipkin.Span, error) {
	if strings.HasPrefix(strings.TrimSpace(text[1:]), "[") {
		traces, err := codec.DecodeTraces(text)
		return slices.Concat(traces...), err
	}
	format := codec.JSONV2
	if err := format.Check(text); err != nil {
		format = codec.JSONV1
		if other := format.Check(text); other != nil {
			return nil, err
		}
	}
	return format.Decode(text)
}
