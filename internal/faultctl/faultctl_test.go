package faultctl_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faultctl"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// board is a Handlers behind its routes, and what it published last.
type board struct {
	*labapi.Client // of a server of the routes, if there is one: see start
	router         http.Handler
	store          *store.Store

	mu        sync.Mutex
	on        []faults.Switch
	full      bool              // nothing more can be published
	log       map[string]string // by trace id of a fault that happened: the attendee
	processes []control.Process

	onQuestion func() // called when a process is asked
	unreadable error  // of all traces
	again      int    // how often a process reports what it has reported
}

// reader reads the store of a board.
type reader struct {
	zipkinapi.Reader
	b *board
}

func (r reader) Trace(ctx context.Context, id zipkin.TraceID) ([]zipkin.Span, error) {
	if r.b.unreadable != nil {
		return nil, r.b.unreadable
	}
	return r.Reader.Trace(ctx, id)
}

const secret = "s3cret"

// send has each process answer at once to which requests a fault happened. One of the
// instance "silent" does not.
func (b *board) send(instance, kind string, body any) error {
	q, ok := body.(costs.Question)
	if !ok || kind != costs.Asked {
		return errors.New("no question")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	report := costs.Report{Number: q.Number}
	for id, attendee := range b.log {
		if q.Attendee == "" || q.Attendee == attendee {
			report.Costs = append(report.Costs, costs.Cost{TraceID: id, Fault: q.Fault}, costs.Cost{TraceID: id, Fault: q.Fault})
		}
	}
	text, err := json.Marshal(report)
	if b.onQuestion != nil {
		b.onQuestion()
	}
	for range b.again + 1 {
		if instance == "silent" {
			break
		}
		go b.router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", labapi.HappenedPath, bytes.NewReader(text)))
	}
	return err
}

// happens stores a trace of an attendee with the shape of writer=slow-disk, which a
// process says it happened in.
func (b *board) happens(low uint64, attendee string, at time.Time, ms int64) {
	id, us := zipkin.TraceID{Low: low}, at.UnixMicro()
	gateway := zipkin.Span{TraceID: id, ID: 1, Kind: zipkin.Server, Name: "get /visit", Timestamp: us, Duration: ms*1000 + 900, Local: zipkin.Endpoint{ServiceName: "gateway"}}
	if attendee != "" {
		gateway.Tags = []zipkin.Tag{{Key: labapi.AttendeeTag, Value: attendee}}
	}
	write := zipkin.Span{TraceID: id, ID: 2, ParentID: 1, Name: "rediswrite", Timestamp: us + 300, Duration: ms*1000 + 200, Local: zipkin.Endpoint{ServiceName: "writer"}}
	set := zipkin.Span{TraceID: id, ID: 3, ParentID: 2, Kind: zipkin.Client, Name: "set", Timestamp: us + 300 + ms*1000, Duration: 200, Local: zipkin.Endpoint{ServiceName: "writer"}}
	b.store.Add([]zipkin.Span{gateway, write, set})
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.log == nil {
		b.log = map[string]string{}
	}
	b.log[id.String()] = attendee
}

// takesFaults are processes of services that take faults.
func takesFaults(services ...string) (all []control.Process) {
	for _, name := range services {
		all = append(all, control.Process{Registration: control.Registration{Service: name, Faults: true, Visits: "http://third:80/get"}})
	}
	return all
}

func (b *board) connected() []control.Process {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.processes
}

func (b *board) publish(kind string, body any) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full || kind != faults.Published {
		return errors.New("it is full")
	}
	b.on = body.([]faults.Switch)
	return nil
}

// published is what the processes know, as text.
func (b *board) published() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, sw := range b.on {
		all = append(all, strings.TrimSpace(sw.Faults+" "+sw.Attendee))
	}
	return strings.Join(all, ", ")
}

func newBoard(t *testing.T) *board {
	t.Helper()
	b := &board{store: store.New(store.Config{}), processes: takesFaults("gateway", "fetcher", "writer"), on: []faults.Switch{{Switch: labapi.Switch{Faults: "of an earlier server"}}}}
	c, err := faultctl.New(faultctl.Config{Publish: b.publish, Send: b.send, Processes: b.connected, Reader: reader{zipkinapi.Local(b.store), b},
		Trusted: func(r *http.Request) bool { return control.ShowsToken(r, secret) }, GatewayURL: "http://gateway"})
	if err != nil || b.published() != "" {
		t.Fatalf("%v; at first %q is on", err, b.published())
	}
	stack := func(w http.ResponseWriter, _ *http.Request) error {
		httpapi.WriteJSON(w, labapi.Stack{})
		return nil
	}
	b.router = httpapi.NewRouter(append(c.Routes(), httpapi.Route{Pattern: "GET " + labapi.StackPath, Handler: stack},
		httpapi.Route{Pattern: "POST " + labapi.HappenedPath, Handler: c.Receive}), httpapi.Options{})
	return b
}

// start has a board served, to a client that is trusted.
func start(t *testing.T) *board {
	t.Helper()
	b := newBoard(t)
	srv := httptest.NewServer(b.router)
	t.Cleanup(srv.Close)
	client, err := labapi.Find(t.Context(), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	client.Token = secret
	b.Client = client
	return b
}

// TestSwitches switches on and off in turn.
func TestSwitches(t *testing.T) {
	b, ctx := start(t), t.Context()
	on := func(spec, attendee string) func() error {
		return func() error {
			_, err := b.SwitchOn(ctx, labapi.SwitchOn{Switch: labapi.Switch{Faults: spec, Attendee: attendee}})
			return err
		}
	}
	off := func(name string, want int) func() error {
		return func() error {
			n, err := b.SwitchOff(ctx, labapi.SwitchOff{Fault: name})
			if err == nil && n != want {
				t.Errorf("%d switches of %q are off, want %d", n, name, want)
			}
			return err
		}
	}
	for _, step := range []struct {
		do    func() error
		want  string // what is on then
		wrong string // what the error says; empty: none
	}{
		{on("writer=slow-disk;ms=50", ""), "writer=slow-disk;ms=50", ""},
		{on("writer=slow-disk;ms=70", ""), "writer=slow-disk;ms=70", ""}, // in its place
		{on("writer=slow-disk", "ann"), "writer=slow-disk;ms=70, writer=slow-disk ann", ""},
		{on("gateway=quadratic", ""), "writer=slow-disk;ms=70, writer=slow-disk ann, gateway=quadratic", ""},
		{on("writer=nonsense", ""), "writer=slow-disk;ms=70, writer=slow-disk ann, gateway=quadratic", "nonsense"},
		{off("slow-disc", 0), "writer=slow-disk;ms=70, writer=slow-disk ann, gateway=quadratic", "slow-disc"},
		{off("clock-skew", 0), "writer=slow-disk;ms=70, writer=slow-disk ann, gateway=quadratic", ""},
		{off("writer=slow-disk", 2), "gateway=quadratic", ""},
		{on("fetcher=slow-third-party", ""), "gateway=quadratic, fetcher=slow-third-party", ""},
		{off("", 2), "", ""},
	} {
		err := step.do()
		if got := b.published(); got != step.want || (err == nil) != (step.wrong == "") || err != nil && !strings.Contains(err.Error(), step.wrong) {
			t.Fatalf("%q is on, %v; want %q, %q", got, err, step.want, step.wrong)
		}
	}
}

// TestWhatCannotBeOn is an error that names the bound, and changes nothing.
func TestWhatCannotBeOn(t *testing.T) {
	b, ctx := start(t), t.Context()
	for i := range 64 {
		if _, err := b.SwitchOn(ctx, labapi.SwitchOn{Switch: labapi.Switch{Faults: "writer=slow-disk", Attendee: strings.Repeat("x", i+1)}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.SwitchOn(ctx, labapi.SwitchOn{Switch: labapi.Switch{Faults: "writer=slow-disk"}}); err == nil || !strings.Contains(err.Error(), "64 switches are on") {
		t.Errorf("one more: %v", err)
	}
	b.full = true
	if _, err := b.SwitchOff(ctx, labapi.SwitchOff{}); err == nil || !strings.Contains(err.Error(), "it is full") {
		t.Errorf("what the processes are not told: %v", err)
	}
	if f, err := b.Faults(ctx); err != nil || len(f.On) != 64 {
		t.Errorf("%d are on, %v", len(f.On), err)
	}
}

// TestATimeThatIsOver switches off by itself.
func TestATimeThatIsOver(t *testing.T) {
	b, ctx := start(t), t.Context()
	past, later := time.Now().Add(-time.Second), time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for _, sw := range []labapi.Switch{{Faults: "writer=slow-disk", Until: past}, {Faults: "gateway=quadratic", Until: later, Seed: 7, Attendee: "ann"}} {
		if _, err := b.SwitchOn(ctx, labapi.SwitchOn{Switch: sw}); err != nil {
			t.Fatal(err)
		}
	}
	f, err := b.Faults(ctx)
	if want := (labapi.Switch{Faults: "gateway=quadratic", Until: later, Seed: 7, Attendee: "ann"}); err != nil || len(f.On) != 1 || f.On[0].Switch != want {
		t.Errorf("%+v are on, %v; want %+v", f.On, err, want)
	}
}

// TestTheCatalogue has all that faults says of itself.
func TestTheCatalogue(t *testing.T) {
	b := start(t)
	f, err := b.Faults(t.Context())
	if err != nil || len(f.Catalogue) != len(faults.Catalogue()) {
		t.Fatalf("%d entries, %v; want %d", len(f.Catalogue), err, len(faults.Catalogue()))
	}
	for i, want := range faults.Catalogue() {
		if got := f.Catalogue[i]; !reflect.DeepEqual(got, want.Fault) {
			t.Errorf("%+v, want %+v", got, want.Fault)
		}
	}
}

// TestAMystery is played to its end.
func TestAMystery(t *testing.T) {
	b, ctx, before := start(t), t.Context(), time.Now().Add(-time.Second)
	if _, err := b.HintMystery(ctx, labapi.MysteryAsk{}); err == nil || !strings.Contains(err.Error(), "no mystery is under way for everybody") {
		t.Errorf("before there is one: %v", err)
	}
	m, err := b.StartMystery(ctx, labapi.MysteryStart{Seed: 7, Level: 2})
	if err != nil || m.Seed != 7 || m.Level != 2 || m.Gateway != "http://gateway" || m.ID == "" {
		t.Fatalf("%+v, %v", m, err)
	}
	truth, _ := faults.Choose(7, 2)
	if b.published() != truth.String() {
		t.Errorf("%q is on, want %s", b.published(), truth)
	}
	if f, err := b.Faults(ctx); err != nil || len(f.On) != 0 {
		t.Errorf("it is told: %+v, %v", f.On, err)
	}
	if n, err := b.SwitchOff(ctx, labapi.SwitchOff{Fault: truth.Name}); err != nil || n != 0 || b.published() == "" {
		t.Errorf("%d are switched off by its name, %v", n, err)
	}
	hints := truth.Hints()
	for i := range len(hints) + 1 {
		step := min(i+1, len(hints))
		if h, err := b.HintMystery(ctx, labapi.MysteryAsk{}); err != nil || *h != (labapi.MysteryHint{Hint: hints[step-1], Step: step, Of: len(hints)}) {
			t.Errorf("hint %d is %+v, %v", i, h, err)
		}
	}
	b.happens(1, "ann", time.Now(), 250)
	b.happens(2, "", time.Now(), 250)
	b.happens(3, "bob", time.Now(), 20) // does not show it
	b.happens(4, "bob", before, 250)    // before the mystery
	b.answer(t, truth, m)
}

// answer gives a wrong answer, and then the right one.
func (b *board) answer(t *testing.T, truth faults.Injection, m *labapi.Mystery) {
	t.Helper()
	ctx := t.Context()
	if _, err := b.AnswerMystery(ctx, labapi.MysteryAnswer{Diagnosis: labapi.Diagnosis{Service: truth.Service, Cause: "bad luck"}}); err == nil || !strings.Contains(err.Error(), "bad luck") {
		t.Errorf("what is no cause: %v", err)
	}
	wrong := labapi.Diagnosis{Service: "gateway", Cause: "clock-skew"}
	if v, err := b.AnswerMystery(ctx, labapi.MysteryAnswer{Diagnosis: wrong}); err != nil || v.Over || v.Grade.Cause || v.Truth != nil || v.Asked != "" || len(v.Evidence) > 0 {
		t.Errorf("the wrong answer: %+v, %v", v, err)
	}
	right := labapi.Diagnosis{Service: truth.Service, Cause: truth.Name, Ms: truth.Args.Int("ms")}
	v, err := b.AnswerMystery(ctx, labapi.MysteryAnswer{Diagnosis: right})
	if err != nil || !v.Over || !v.Grade.Service || !v.Grade.Cause || v.Truth == nil || v.Truth.Name != truth.Name || v.Asked != truth.String() {
		t.Fatalf("the right answer: %+v, %v", v, err)
	}
	var ids []string
	for _, e := range v.Evidence {
		ids = append(ids, e.TraceID)
	}
	slices.Sort(ids)
	if got := strings.Join(ids, " "); got != "0000000000000001 0000000000000002" {
		t.Errorf("it is proved by %s: %+v", got, v)
	}
	if b.published() != "" {
		t.Errorf("%q goes on after the end of mystery %s", b.published(), m.ID)
	}
}

// TestMysteriesOfAttendees are apart, and giving up ends one's own.
func TestMysteriesOfAttendees(t *testing.T) {
	b, ctx := start(t), t.Context()
	for _, attendee := range []string{"ann", "bob", "ann"} { // the last in place of the first
		if _, err := b.StartMystery(ctx, labapi.MysteryStart{Level: 1, Attendee: attendee}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(b.on); n != 2 {
		t.Errorf("%d mysteries are on, want 2: %s", n, b.published())
	}
	v, err := b.AnswerMystery(ctx, labapi.MysteryAnswer{MysteryAsk: labapi.MysteryAsk{Attendee: "ann"}, GiveUp: true})
	if err != nil || !v.Over || v.Truth == nil {
		t.Errorf("%+v, %v", v, err)
	}
	if got := b.published(); !strings.HasSuffix(got, " bob") || strings.Contains(got, "ann") {
		t.Errorf("%q is on, want bob's", got)
	}
	if _, err := b.StartMystery(ctx, labapi.MysteryStart{Level: 9}); err == nil || !strings.Contains(err.Error(), "level 9") {
		t.Errorf("level 9: %v", err)
	}
}

// TestAMysteryStaysWhatItIs beside the same fault for all: processes let the first of the
// two happen. What is on for the attendee alone goes.
func TestAMysteryStaysWhatItIs(t *testing.T) {
	b, ctx := start(t), t.Context()
	if _, err := b.SwitchOn(ctx, labapi.SwitchOn{Switch: labapi.Switch{Faults: "writer=slow-disk;ms=1000"}}); err != nil {
		t.Fatal(err)
	}
	for _, attendee := range []string{"ann", "bob"} {
		if _, err := b.SwitchOn(ctx, labapi.SwitchOn{Switch: labapi.Switch{Faults: "gateway=quadratic", Attendee: attendee}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.StartMystery(ctx, labapi.MysteryStart{Seed: 7, Level: 2, Attendee: "ann"}); err != nil {
		t.Fatal(err)
	}
	if want := "writer=slow-disk;ms=250;percent=100 ann, writer=slow-disk;ms=1000, gateway=quadratic bob"; b.published() != want {
		t.Errorf("%s is on, want %s", b.published(), want)
	}
}
