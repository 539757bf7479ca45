package snapshots_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/zipkin"
)

// send has Receive read body, of which the length may be unknown: -1.
func send(c *snapshots.Collector, u labapi.Upload, body io.Reader, length int64, token string) error {
	text, err := json.Marshal(u)
	if err != nil {
		return err
	}
	r := httptest.NewRequest(http.MethodPost, labapi.SnapshotsPath, body)
	r.ContentLength = length
	r.Header.Set(labapi.UploadHeader, string(text))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return c.Receive(httptest.NewRecorder(), r)
}

// TestTheToken is needed where the collector has one.
func TestTheToken(t *testing.T) {
	l := new(lab)
	c := snapshots.New(l, l, "secret")
	u := lately(labapi.ReasonAsked, 9)
	u.Refused = "none"
	for _, token := range []string{"", "secre", "secret "} {
		err := send(c, u, http.NoBody, 0, token)
		if e := httpapi.AsError(err); err == nil || e.Code != httpapi.Unauthorized || !strings.Contains(e.Detail, "TRACELAB_TOKEN") {
			t.Errorf("with %q: %v", token, err)
		}
	}
	if n := metric(t, c, "tracelab_snapshots_rejected_total"); n != 3 {
		t.Errorf("%d are counted", n)
	}
	stored := c.Changed()
	if err := send(c, u, http.NoBody, 0, "secret"); err != nil {
		t.Fatal(err)
	}
	<-stored
	if n := len(c.All()); n != 1 {
		t.Errorf("%d are stored", n)
	}
}

// TestABodyThatEndsEarly is rejected, and its room is free again: more of them come
// than there would be room for.
func TestABodyThatEndsEarly(t *testing.T) {
	_, c := with()
	whole := recorded(t)
	half := whole[:len(whole)/2]
	for range 5 {
		err := send(c, lately(labapi.ReasonAsked, 9), io.MultiReader(bytes.NewReader(half), broken{}), -1, "")
		if e := httpapi.AsError(err); err == nil || e.Code != httpapi.Invalid || !strings.Contains(e.Detail, "the line is cut") {
			t.Fatalf("%v", err)
		}
	}
	stored := c.Changed()
	if err := send(c, labapi.Upload{Service: "writer", Instance: "w", Reason: labapi.ReasonAsked, Traces: parts(9)}, bytes.NewReader(whole), -1, ""); err != nil {
		t.Fatal(err)
	}
	<-stored
	if all := c.All(); len(all) != 1 || all[0].Bytes != int64(len(whole)) {
		t.Errorf("%d are stored", len(all))
	}
}

// broken is a body whose connection fails.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line is cut") }

// TestUploadsWaitForRoom, and not for long: a third one of unknown length finds none
// while two are on their way, and the next finds it once they have arrived.
func TestUploadsWaitForRoom(t *testing.T) {
	whole := recorded(t)
	synctest.Test(t, func(t *testing.T) {
		_, c := with()
		var arriving []*io.PipeWriter
		for range 2 {
			r, w := io.Pipe()
			arriving = append(arriving, w)
			go send(c, lately(labapi.ReasonAsked, 9), r, -1, "")
		}
		synctest.Wait()
		began := time.Now()
		err := send(c, lately(labapi.ReasonAsked, 9), bytes.NewReader(whole), int64(len(whole)), "")
		if e := httpapi.AsError(err); err == nil || e.Code != httpapi.Busy || time.Since(began) != 10*time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		late := make(chan error, 1)
		go func() {
			late <- send(c, lately(labapi.ReasonAsked, 9), bytes.NewReader(whole), int64(len(whole)), "")
		}()
		synctest.Wait()
		for _, w := range arriving {
			w.CloseWithError(errors.New("it has gone"))
		}
		if err := <-late; err != nil || time.Since(began) != 10*time.Second {
			t.Errorf("when there is room, after %s: %v", time.Since(began), err)
		}
		synctest.Wait()
		if n, rejected := len(c.All()), metric(t, c, "tracelab_snapshots_rejected_total"); n != 1 || rejected != 3 {
			t.Errorf("%d are stored, %d rejected", n, rejected)
		}
	})
}

// TestWhatHasMadeRoom is not requested again, and the answer says where it went.
func TestWhatHasMadeRoom(t *testing.T) {
	l, c := with("writer")
	c.Request(nine, over)
	for i := range 257 {
		upload(t, c, labapi.Upload{Service: "writer", Traces: parts(uint64(9 + i)), Refused: "none"}, nil)
	}
	if c.Request(nine, over).Pending {
		t.Error("an answer is awaited")
	}
	if len(l.requests) != 1 {
		t.Errorf("requested are %v", l.requests)
	}
	if got := absent(c, "writer"); got != "its snapshot has made room for newer ones" {
		t.Errorf("the writer: %s", got)
	}
	if n := metric(t, c, "tracelab_snapshot_requests_unanswered_total"); n != 0 {
		t.Errorf("%d requests are counted as unanswered", n)
	}
}

// TestRequestsAreForgotten, the oldest first: their number is bounded.
func TestRequestsAreForgotten(t *testing.T) {
	l, c := with("writer")
	for i := range uint64(1025) {
		c.Request(zipkin.TraceID{Low: 9 + i}, over)
	}
	if got := absent(c, "writer"); got != "was not asked" {
		t.Errorf("of the oldest: the writer %s", got)
	}
	c.Request(zipkin.TraceID{Low: 10}, over) // is pending
	c.Request(nine, over)
	if n := metric(t, c, "tracelab_snapshot_requests_total"); n != 1026 || len(l.requests) != n {
		t.Errorf("%d requests, and %d are counted", len(l.requests), n)
	}
}
