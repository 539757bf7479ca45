package find

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// listening follows the live tail of a server by its events.
type listening struct {
	t      *testing.T
	server *httptest.Server
	events chan liveAnswer
	ended  chan struct{} // the answer has
	cancel func()
}

// listen serves the pages over a store and follows a search.
func listen(t *testing.T, st *store.Store, query string, end <-chan struct{}) *listening {
	t.Helper()
	return listenAgain(t, st, query, "", end)
}

// listenAgain is listen of a browser that has had an event with that id.
func listenAgain(t *testing.T, st *store.Store, query, last string, end <-chan struct{}) *listening {
	t.Helper()
	s := webtest.Shell("")
	srv := httptest.NewServer(webtest.Serve(s, New(s, Config{Reader: zipkinapi.Local(st), Ended: end, Now: time.Now})))
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/live?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d, headers %v", resp.StatusCode, resp.Header)
	}
	l := &listening{t, srv, make(chan liveAnswer, 100), make(chan struct{}), cancel}
	go func() {
		defer close(l.ended)
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var a liveAnswer
				_ = json.Unmarshal([]byte(data), &a)
				l.events <- a
			}
		}
	}()
	return l
}

// next is the next event.
func (l *listening) next() liveAnswer {
	l.t.Helper()
	select {
	case a := <-l.events:
		return a
	case <-time.After(time.Minute): // it guards against hanging
		l.t.Fatal("nothing came")
		return liveAnswer{}
	}
}

// fresh is a visit that ends now.
func fresh(id uint64) []zipkin.Span {
	return webtest.Visit(id, time.Since(webtest.Noon)*-1+50*time.Millisecond, 40_000)
}

// TestNewTracesComeAsTheyEnd: what the search finds, once its root is there, and again
// with the spans that come later.
func TestNewTracesComeAsTheyEnd(t *testing.T) {
	st := store.New(store.Config{})
	old := fresh(0x11)
	for i := range old {
		old[i].Timestamp -= 20_000_000
	}
	st.Add(old)
	l := listen(t, st, "serviceName=gateway", nil)
	whole, other := fresh(0xab), fresh(0xcd)
	st.Add(other[2:]) // of another service alone
	st.Add(whole[1:]) // the root is missing
	st.Add(whole[:1]) // here it is
	a := l.next()
	if !strings.Contains(a.HTML, `id="t00000000000000ab"`) || strings.Count(a.HTML, "<tr") != 1 || a.More != 0 {
		t.Errorf("%+v, want the one that is complete", a)
	}
	later := whole[2]
	later.ID, later.ParentID = 9, 3
	st.Add([]zipkin.Span{later})
	if a := l.next(); !strings.Contains(a.HTML, `id="t00000000000000ab"`) || !strings.Contains(a.HTML, `>4</td>`) {
		t.Errorf("%+v, want it again with all spans", a)
	}
}

// TestABrowserThatConnectsAgain asks by the same address: what it has had does not come
// again.
func TestABrowserThatConnectsAgain(t *testing.T) {
	st := store.New(store.Config{})
	had := fresh(0x11)
	for i := range had {
		had[i].Timestamp -= 20_000_000
	}
	st.Add(had)
	ago := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(-d).UnixMilli(), 10) }
	l := listenAgain(t, st, "since="+ago(time.Minute), ago(0), nil)
	st.Add(fresh(0xab))
	if a := l.next(); !strings.Contains(a.HTML, `id="t00000000000000ab"`) || strings.Contains(a.HTML, `id="t0000000000000011"`) {
		t.Errorf("%+v, want the new one alone", a)
	}
}

// TestMoreThanAListHas is counted.
func TestMoreThanAListHas(t *testing.T) {
	st := store.New(store.Config{})
	l := listen(t, st, "", nil)
	const n = 3 * liveRows
	for i := range uint64(n) {
		st.Add(fresh(0x100 + i))
	}
	for got := 0; got < n; {
		a := l.next()
		rows := strings.Count(a.HTML, "<tr")
		if got += rows + a.More; rows > liveRows || got > n {
			t.Fatalf("%d rows and %d more, %d in all", rows, a.More, got)
		}
	}
}

// TestATailEnds with its client, and with the server; and there are not too many.
func TestATailEnds(t *testing.T) {
	end := make(chan struct{})
	l := listen(t, store.New(store.Config{}), "", end)
	close(end)
	<-l.ended

	s := webtest.Shell("")
	p := New(s, Config{Reader: zipkinapi.Local(store.New(store.Config{})), Now: time.Now})
	srv := httptest.NewServer(webtest.Serve(s, p))
	defer srv.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ask := func() *http.Response {
		req, _ := http.NewRequestWithContext(ctx, "GET", srv.URL+"/live", nil)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	for range maxListeners {
		if resp := ask(); resp.StatusCode != http.StatusOK {
			t.Fatalf("status %d", resp.StatusCode)
		}
	}
	if resp := ask(); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("one too many: status %d", resp.StatusCode)
	}
	cancel()
	err := testbed.Eventually(func() error {
		if n := p.listeners.n.Load(); n != 0 {
			return http.ErrServerClosed
		}
		return nil
	})
	if err != nil {
		t.Error("clients are gone, and are followed still")
	}
}

// TestATailOfWhatCannotBeRead ends, so that the browser says so, and tries again.
func TestATailOfWhatCannotBeRead(t *testing.T) {
	s := webtest.Shell("")
	srv := httptest.NewServer(webtest.Serve(s, New(s, Config{Reader: &webtest.Reader{Err: errors.New("it hangs")}, Now: time.Now})))
	defer srv.Close()
	resp, err := http.Get(srv.URL + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK || err != nil || strings.Contains(string(body), "event:") {
		t.Errorf("status %d, %v: %s", resp.StatusCode, err, body)
	}
}

func TestATailThatCannotBe(t *testing.T) {
	h := serveUI(Config{})
	for query, want := range map[string]string{"limit=x": "Correct it at /?limit=x", "endTs=5": "ends now", "since=soon": "since: want ms", "serviceNam=a": "serviceNam"} {
		if w := webtest.Get(t, h, "/live?"+query); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: status %d, %q", query, w.Code, w.Body)
		}
	}
}
