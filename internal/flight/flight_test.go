package flight

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/labapi"
)

func TestWhatIsNotUnderstood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		r := startFake(t, &fakeSource{}, s, "never")
		for kind, body := range map[string]string{"faults": `{"traceId":"` + hexID(1) + `"}`, "a": ``, labapi.SnapshotRequested: `{"traceId":"xyz"}`} {
			r.OnMessage(kind, json.RawMessage(body))
		}
		r.OnMessage(labapi.SnapshotRequested, json.RawMessage(`[]`))
		r.OnMessage(labapi.SnapshotRequested, json.RawMessage(`{"traceId":"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"}`))
		time.Sleep(time.Second)
		if got := s.deliveries(); len(got) != 0 {
			t.Errorf("it answered %+v", got)
		}
	})
}
