package writer

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/openzipkin/zipkin-go/model"
	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/internal/testbed/redistest"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/reporter"
	"example.com/tracelab/tracing/tracetest"
)

// TestWhatIsAskedFor runs with each kind of Redis that a writer can be configured with. The
// servers of a kind are started once: a Cluster takes no writes for two seconds.
func TestWhatIsAskedFor(t *testing.T) {
	addrs := func(addrs ...string) func(*Config) { return func(c *Config) { c.Redis = addrs } }
	for _, kind := range []struct {
		name  string
		start func(t *testing.T) (adjust func(*Config))
	}{
		{"embedded", func(t *testing.T) func(*Config) { return addrs(miniredis.RunT(t).Addr()) }},
		{"real", func(t *testing.T) func(*Config) { return addrs(redistest.Start(t).Addr) }},
		{"Sentinel", func(t *testing.T) func(*Config) {
			s := redistest.StartSentinel(t)
			return func(c *Config) { c.Redis, c.RedisMaster = s.Addrs, s.Name }
		}},
		{"Cluster", func(t *testing.T) func(*Config) { return addrs(redistest.StartCluster(t).Addrs...) }},
	} {
		t.Run(kind.name, func(t *testing.T) {
			adjust := kind.start(t)
			for name, test := range map[string]func(*testing.T, func(*Config)){
				"a wait is as long as it is asked for": aWaitIsAsLongAsItIsAskedFor, "a wait is its request's own": aWaitIsItsRequestsOwn,
				"a wait ends with its request": aWaitEndsWithItsRequest, "nothing is left behind": nothingIsLeftBehind,
				"rows are read one by one": rowsAreReadOneByOne, "a refused command": aRefusedCommand,
			} {
				t.Run(name, func(t *testing.T) { test(t, adjust) })
			}
		})
	}
}

// asker is a writer whose requests ask for faults.
type asker struct {
	*bench
	costLog costs.Log
}

func newAsker(t *testing.T, adjust func(*Config)) *asker {
	patient := func(c *Config) {
		c.RedisTimeout = 5 * time.Second // on a busy machine too
		adjust(c)
	}
	a := &asker{bench: newBench(t, "", patient, teapot)}
	a.empty()
	return a
}

// empty removes what another test has stored.
func (a *asker) empty() {
	a.t.Helper()
	ctx := a.t.Context()
	err := a.redis.FlushAll(ctx).Err()
	if cluster, is := a.redis.(*redis.ClusterClient); is {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error { return c.FlushAll(ctx).Err() })
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

// reply is the answer to a request, and the time that it took.
type reply struct {
	code int
	body string
	took time.Duration
}

// put stores "200 OK" under key, with what asks says in the words of the header.
func (a *asker) put(ctx context.Context, key, asks string) reply {
	a.t.Helper()
	if asks != "" {
		parsed, err := faults.Parse(asks)
		if err != nil {
			a.t.Fatal(err)
		}
		ctx = faults.With(ctx, "", "writer", parsed, &a.costLog)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("PUT", "/values/"+key, strings.NewReader("200 OK")).WithContext(ctx)
	began := time.Now()
	tracing.Handler(a.Handler).ServeHTTP(w, r)
	return reply{w.Code, w.Body.String(), time.Since(began)}
}

// stored says that the writer has a value under key.
func (a *asker) stored(key string) error {
	if code, body := a.ask("GET", "/values/"+key, ""); code != 200 || !strings.Contains(body, `"200 OK"`) {
		return fmt.Errorf("%s holds %d %s", key, code, body)
	}
	return nil
}

// charged is what the latest fault cost, as the log has it.
func (a *asker) charged(spans []model.SpanModel, fault string) time.Duration {
	a.t.Helper()
	for _, cost := range a.costLog.Of(spans[0].TraceID.String()) {
		if cost.Fault == fault {
			return time.Duration(cost.Took) * time.Microsecond
		}
	}
	a.t.Fatalf("the log has no %s of trace %s", fault, spans[0].TraceID)
	return 0
}

func named(t *testing.T, spans []model.SpanModel, name string) model.SpanModel {
	t.Helper()
	i := slices.IndexFunc(spans, func(s model.SpanModel) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no span %s among %v", name, spans)
	}
	return spans[i]
}

// waits are the faults that add a time, and where in the trace it passes.
var waits = []struct {
	fault  string
	within string // the span that it is in: redisWrite itself, or its SET
}{
	{"lock-contention", "redisWrite"},
	{"slow-disk", "redisWrite"},
	{"pool-exhaustion", "SET"},
}

// aWaitIsAsLongAsItIsAskedFor asks several times: a busy machine adds what it
// likes, and takes nothing away.
func aWaitIsAsLongAsItIsAskedFor(t *testing.T, adjust func(*Config)) {
	recorder := tracetest.Start(t, "always")
	a := newAsker(t, adjust)
	a.put(t.Context(), "first", "") // connects
	for _, wait := range waits {
		for _, ms := range []int{1, 80, 300} {
			want, key := time.Duration(ms)*time.Millisecond, fmt.Sprint(wait.fault, ms)
			a.eventually("as long as it is asked for", func() error {
				recorder.Take()
				r := a.put(t.Context(), key, fmt.Sprintf("writer=%s;ms=%d", wait.fault, ms))
				if waited := a.checkWait(r, recorder.Take(), want, wait.fault, wait.within); waited < want*8/10-5*time.Millisecond {
					return fmt.Errorf("%s of %s are in %s", waited, want, wait.within) // a lane is opened before its command begins
				}
				if most := want + max(15*time.Millisecond, want*15/100); r.took > most {
					return fmt.Errorf("%s took %s of at most %s", wait.fault, r.took, most)
				}
				return nil
			})
			if err := a.stored(key); err != nil {
				t.Error(err)
			}
		}
	}
}

// checkWait judges a request that waited for want, and returns how long that was
// in the span of that name.
func (a *asker) checkWait(r reply, spans []model.SpanModel, want time.Duration, fault, within string) (waited time.Duration) {
	a.t.Helper()
	if r.code != 200 || r.took < want {
		a.t.Errorf("%s: %d %s after %s; want 200 after %s", fault, r.code, r.body, r.took, want)
	}
	if len(spans) != 3 { // no more than ever
		a.t.Errorf("%s: the spans are %v", fault, spans)
	}
	write, set := named(a.t, spans, "redisWrite"), named(a.t, spans, "SET")
	waited = set.Duration
	if within == "redisWrite" {
		waited = set.Timestamp.Sub(write.Timestamp)
	}
	if set.Kind != model.Client || set.Tags["error"] != "" {
		a.t.Errorf("%s: the SET is %+v", fault, set)
	}
	if cost := a.charged(spans, fault); cost < want || cost > r.took {
		a.t.Errorf("%s: the log says %s of %s", fault, cost, r.took)
	}
	return waited
}

// aWaitIsItsRequestsOwn sends requests without a fault while others wait.
func aWaitIsItsRequestsOwn(t *testing.T, adjust func(*Config)) {
	a := newAsker(t, adjust)
	a.put(t.Context(), "first", "")
	var crowd sync.WaitGroup
	for i := range 30 {
		crowd.Go(func() {
			fault := waits[i%len(waits)].fault
			if r := a.put(t.Context(), fmt.Sprint("slow", i), "writer="+fault+";ms=900"); r.code != 200 || r.took < 900*time.Millisecond {
				t.Errorf("%s: %d %s after %s", fault, r.code, r.body, r.took)
			}
		})
	}
	var over atomic.Bool
	go func() { crowd.Wait(); over.Store(true) }()
	var took []time.Duration
	for !over.Load() {
		r := a.put(t.Context(), fmt.Sprint("quick", len(took)), "")
		if took = append(took, r.took); r.code != 200 {
			t.Errorf("%d %s", r.code, r.body)
		}
	}
	slices.Sort(took)
	t.Logf("%d beside them: median %s, slowest %s", len(took), took[len(took)/2], took[len(took)-1])
	if took[len(took)/2] > 450*time.Millisecond { // half of what the others wait
		t.Errorf("half of those that ask for nothing took %s and more beside those that wait", took[len(took)/2])
	}
}

// aWaitEndsWithItsRequest lets the caller go in the middle of it.
func aWaitEndsWithItsRequest(t *testing.T, adjust func(*Config)) {
	a := newAsker(t, adjust)
	a.put(t.Context(), "first", "")
	for _, wait := range waits {
		a.eventually("ended in the middle", func() error { // a busy machine may be late, but not always
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
			if r := a.put(ctx, "key", "writer="+wait.fault+";ms=1000"); r.code != 499 || r.took > 900*time.Millisecond {
				return fmt.Errorf("%s: %d after %s; want an end after 100 ms", wait.fault, r.code, r.took)
			}
			return nil
		})
	}
}

var rounds = flag.Int("rounds", 30, "of requests with faults, after which nothing may be left behind")

func gone(file string) bool {
	_, err := os.Stat(file)
	return err != nil
}

// nothingIsLeftBehind asks for each fault many times, and lets some callers
// go before the end.
func nothingIsLeftBehind(t *testing.T, adjust func(*Config)) {
	a := newAsker(t, adjust)
	round := func() {
		for _, wait := range waits {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			a.put(ctx, "key", "writer="+wait.fault+";ms=1")
			cancel()
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Millisecond)
		defer cancel()
		a.put(ctx, "key", "writer=lock-contention;ms=50,writer=pool-exhaustion")
	}
	for range 10 {
		round()
	}
	before := weigh()
	// The collector would close what is forgotten, and hide that it was.
	percent := debug.SetGCPercent(-1)
	for range *rounds {
		round()
	}
	a.eventually("closed", func() error {
		if now := descriptors(); now > before.descriptors+5 {
			return fmt.Errorf("%d descriptors, %d before", now, before.descriptors)
		}
		return nil
	})
	debug.SetGCPercent(percent)
	var after footprint
	a.eventually("as before", func() error {
		if after = weigh(); after.goroutines > before.goroutines+5 || after.descriptors > before.descriptors+5 || after.heap > before.heap+2<<20 {
			return fmt.Errorf("before %+v, after %+v", before, after)
		}
		return nil
	})
	t.Logf("before %+v, after %+v", before, after)
	if keys := a.redis.Keys(t.Context(), "*").Val(); slices.ContainsFunc(keys, func(key string) bool { return key != "key" }) {
		t.Errorf("Redis is left with %v", keys)
	}
	for _, dir := range []string{"/var/tmp", os.TempDir()} {
		found, _ := filepath.Glob(dir + "/tracelab-journal-*")
		a.eventually("without journals", func() error { // those of other processes come and go
			if found = slices.DeleteFunc(found, gone); len(found) > 0 {
				return fmt.Errorf("journals are left: %v", found)
			}
			return nil
		})
	}
}

type footprint struct {
	goroutines, descriptors int
	heap                    uint64
}

func weigh() footprint {
	runtime.GC()
	runtime.GC() // what finalizers let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footprint{runtime.NumGoroutine(), descriptors(), m.HeapAlloc}
}

func descriptors() int {
	open, _ := os.ReadDir("/proc/self/fd")
	return len(open)
}

// TestALaneFollowsItsKey has a key move to another server between two requests,
// and sends the second to the old one.
func TestALaneFollowsItsKey(t *testing.T) {
	cluster := redistest.StartCluster(t)
	a := newAsker(t, func(c *Config) { c.Redis = cluster.Addrs })
	for name, move := range map[string]func(testing.TB, string){"MOVED": cluster.SwitchOver, "ASK": cluster.Migrate} {
		key := "key of " + name
		path := url.PathEscape(key)
		if r := a.put(t.Context(), path, ""); r.code != 200 {
			t.Fatalf("%d %s", r.code, r.body)
		}
		a.redis.Del(t.Context(), key) // what is gone is asked for elsewhere
		move(t, key)
		if r := a.put(t.Context(), path, "writer=pool-exhaustion;ms=50"); r.code != 200 {
			t.Errorf("%s: %d %s", name, r.code, r.body)
		}
		if err := a.stored(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// rowsAreReadOneByOne counts the commands.
func rowsAreReadOneByOne(t *testing.T, adjust func(*Config)) {
	recorder := tracetest.Start(t, "always")
	a := newAsker(t, adjust)
	for _, n := range []int{1, 50} {
		recorder.Take()
		if r := a.put(t.Context(), "key", fmt.Sprintf("writer=n-plus-one;n=%d", n)); r.code != 200 {
			t.Fatalf("%d %s", r.code, r.body)
		}
		spans := recorder.Take()
		write, reads := named(t, spans, "redisWrite"), 0
		for _, s := range spans {
			if s.Name == "GET" && s.Kind == model.Client && *s.ParentID == write.ID && s.Tags["error"] == "" {
				reads++
			}
		}
		if reads != n || len(spans) != n+3 {
			t.Errorf("%d reads among %d spans; want %d", reads, len(spans), n)
		}
		a.charged(spans, "n-plus-one")
	}
}

// aRefusedCommand has each span above it fail, and nothing else.
func aRefusedCommand(t *testing.T, adjust func(*Config)) {
	recorder := tracetest.Start(t, "always")
	a := newAsker(t, adjust)
	if r := a.put(t.Context(), "key", ""); r.code != 200 {
		t.Fatalf("%d %s", r.code, r.body)
	}
	recorder.Take()
	r := a.put(t.Context(), "key", "writer=failing-dependency")
	if r.code != 503 || !strings.Contains(r.body, "redis refuses the command") {
		t.Errorf("%d %s; want 503", r.code, r.body)
	}
	spans := recorder.Take()
	if len(spans) != 3 || spans[0].Name != "SET" || spans[0].Tags["db.response.status_code"] != "ERR" {
		t.Errorf("the spans are %v; want a SET that is answered with an error", spans)
	}
	for _, s := range spans {
		if s.Tags["error"] == "" {
			t.Errorf("%s has no error: %v", s.Name, s.Tags)
		}
	}
	a.charged(spans, "failing-dependency")
	if err := a.stored("key"); err != nil {
		t.Errorf("what another has stored is gone: %v", err)
	}
	if code, _ := a.ask("GET", "/values/other", ""); code != 404 {
		t.Errorf("another key: %d", code)
	}
}

// TestDroppedSpansAreCounted reports to a collector, one request of three with
// the fault.
func TestDroppedSpansAreCounted(t *testing.T) {
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202) }))
	defer collector.Close()
	a := newAsker(t, func(c *Config) { c.Redis = []string{miniredis.RunT(t).Addr()} })
	to, err := reporting.New(reporter.Config{URL: collector.URL})
	if err != nil {
		t.Fatal(err)
	}
	provider, err := tracing.Start(tracing.Config{Service: "writer", Reporter: to, Sampler: "always"})
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Shutdown(context.Background())
	for _, asks := range []string{"", "writer=dropped-spans", ""} {
		if r := a.put(reporting.NewContext(t.Context(), to), "key", asks); r.code != 200 {
			t.Fatalf("%d %s", r.code, r.body)
		}
	}
	if err := tracing.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := provider.Stats(); c.Delivered != 6 || c.Dropped["queue_full"] != 3 || c.Open != 0 {
		t.Errorf("%+v; want the three spans of one request of three dropped", c)
	}
	if a.costLog.Total() != 1 {
		t.Errorf("%d costs in the log", a.costLog.Total())
	}
}
