package timeline_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"runtime/trace"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/web/webtest"
)

// TestTasksAreListedAsATree: each task is once in the list, below the one that it is within, and
// has its own time.
func TestTasksAreListedAsATree(t *testing.T) {
	x := record(t, "tasks", 2)
	got := decode[listed](t, webtest.Get(t, serve(x), "/exec/tasks/lanes?by=task&count=1000"))
	want := map[string]exectrace.Task{}
	for k := range x.Trace.Tasks() {
		if k.ID != 0 {
			want["k"+strconv.FormatUint(uint64(k.ID), 10)] = k
		}
	}
	if got.Total != len(want) || len(got.Lanes) != len(want) {
		t.Fatalf("%d lanes of %d are listed, the trace has %d tasks", len(got.Lanes), got.Total, len(want))
	}
	var path []exectrace.TaskID // the tasks that a lane is within
	deep := 0
	for _, lane := range got.Lanes {
		id, from, to, depth := lane[0].(string), exectrace.Time(lane[3].(float64)), exectrace.Time(lane[4].(float64)), int(lane[5].(float64))
		k, ok := want[id]
		delete(want, id)
		if !ok || lane[2] != k.Name || from != k.Start-x.Trace.Began || to != k.End-x.Trace.Began || depth > len(path) {
			t.Fatalf("%v after %v: the trace has %+v", lane, path, k)
		}
		path = append(path[:depth], k.ID)
		if _, known := x.Trace.Task(k.Parent); depth > 0 && path[depth-1] != k.Parent || depth == 0 && known && k.Parent != 0 {
			t.Fatalf("%v is below %v, want %d", lane, path, k.Parent)
		}
		deep = max(deep, depth)
	}
	if deep == 0 {
		t.Error("no task is within another")
	}
}

// TestATaskOverTime: a task's lane in a tile, its details and its sum are what its goroutine did in
// its time.
func TestATaskOverTime(t *testing.T) {
	x := record(t, "tasks", 1)
	h := serve(x)
	drawn, marked := 0, 0
	for k := range x.Trace.Tasks() {
		if k.ID == 0 || !k.Begun || !k.Ended || k.BegunBy == 0 {
			continue
		}
		w := webtest.Get(t, h, fmt.Sprintf("/exec/tasks/tile?lanes=k%d&level=%d", k.ID, highest(x)))
		lane := decode[struct {
			Lanes []struct{ Segments, Regions, Logs []int64 }
		}](t, w).Lanes[0]
		at := int64(0)
		for i := 0; i < len(lane.Segments); i += 6 {
			from := at + lane.Segments[i]
			at = from + lane.Segments[i+1]
			if from < int64(k.Start-x.Trace.Began) || at > int64(k.End-x.Trace.Began) || exectrace.GoID(lane.Segments[i+3]) != k.BegunBy {
				t.Fatalf("%+v has a segment from %d to %d of goroutine %d", k, from, at, lane.Segments[i+3])
			}
			drawn++
		}
		marked += len(lane.Regions) + len(lane.Logs)
		body := html.UnescapeString(webtest.Get(t, h, fmt.Sprintf("/exec/tasks/at?lane=k%d&t=%d", k.ID, k.Start-x.Trace.Began)).Body.String())
		for _, want := range []string{fmt.Sprintf(`/exec/tasks/task?id=%d"`, k.ID), k.Name, fmt.Sprintf("lane=g%d&", k.BegunBy), fmt.Sprintf(`data-lane="k%d"`, k.ID)} {
			if !strings.Contains(body, want) {
				t.Errorf("the details of %+v lack %s: %s", k, want, body)
			}
		}
		if _, ok := x.Trace.Task(k.Parent); ok && k.Parent != 0 && !strings.Contains(body, fmt.Sprintf("by=task&lane=k%d&", k.Parent)) {
			t.Errorf("the details of %+v do not lead to its parent: %s", k, body)
		}
	}
	if drawn == 0 || marked == 0 {
		t.Errorf("%d segments and %d marks are drawn", drawn, marked)
	}
}

// TestTasksOfAnyName can be found and shown, also what looks like the path of a package, or like
// a page.
func TestTasksOfAnyName(t *testing.T) {
	names := []string{"GET /visits/a", "<script>alert(1)</script>", ""}
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, name := range names {
		var task *trace.Task
		ctx, task = trace.NewTask(ctx, name)
		task.End()
	}
	trace.Stop()
	h := serve(executiontest.Open(t, "named", b.Bytes()))
	page := webtest.Get(t, h, "/exec/named/timeline?by=task").Body.String()
	for _, want := range []string{"GET /visits/a", html.EscapeString(names[1]), `aria-current="page">By task`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, names[1]) {
		t.Error("a name is a part of the page")
	}
	match := decode[found](t, webtest.Get(t, h, "/exec/named/lanes?by=task&find=visits"))
	if match.Matches != 1 || match.Name != names[0] || len(match.Ran) != 1 || match.Ran[0].By != "task" || match.Ran[0].Lane != match.Lane {
		t.Errorf("the task of a path: %+v", match)
	}
}

// TestAProgramWithoutTasks says what tasks are.
func TestAProgramWithoutTasks(t *testing.T) {
	h := serve(record(t, "idle", 1))
	if body := webtest.Get(t, h, "/exec/idle/timeline?by=task").Body.String(); !strings.Contains(body, "The program has no tasks") {
		t.Errorf("%.300s", body)
	}
	for _, path := range []string{"tile?lanes=k0&level=3", "tile?lanes=k7,k18446744073709551615&level=3", "at?lane=k7&t=0", "flame?of=k7"} {
		if w := webtest.Get(t, h, "/exec/idle/"+path); w.Code != http.StatusBadRequest {
			t.Errorf("%s: status %d: %.300s", path, w.Code, w.Body)
		}
	}
}

// TestTheNumbersOfTasks are those of an uint64, as they are written.
func TestTheNumbersOfTasks(t *testing.T) {
	for _, path := range []string{"tile?lanes=k18446744073709551616&level=3", "tile?lanes=k-1&level=3", "tile?lanes=k01&level=3", "tile?lanes=g18446744073709551615&level=3"} {
		if body := get(t, path, http.StatusBadRequest).Body.String(); !strings.Contains(body, "is not a lane") {
			t.Errorf("%s: %s", path, body)
		}
	}
	var all []json.Number
	for _, lane := range decode[struct{ Lanes [][]json.Number }](t, webtest.Get(t, serve(record(t, "idle", 1)), "/exec/idle/lanes?by=task")).Lanes {
		all = append(all, lane[1])
	}
	if slices.Contains(all, "0") {
		t.Errorf("what belongs to no task is listed as one: %v", all)
	}
}
