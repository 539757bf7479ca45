package critical_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/zipkin"
)

// fixture is a trace of testdata/critical-path.json. Its README says where they are from.
type fixture struct {
	Name      string
	Spans     [][]any
	Sections  [][]any          `json:"expect_sections"` // the latest first
	Exclusive map[string]int64 `json:"expect_exclusive"`
	Tiled     map[string]int64 `json:"expect_exclusive_tiled"`
}

// byDesign are the fixtures of others whose answer is another than theirs, and why.
var byDesign = map[string]struct {
	why  string
	want string // sections, the latest first; empty: those of the file, which are tiled
}{
	"jaeger-test6": {"a child of the same service that ends after its parent was not awaited: its clock is the parent's", "span-A 1-30"},
	"jaeger-test7": {"as jaeger-test6", "span-A 1-30"},
	"jaeger-test8": {"as jaeger-test6", "span-A 10-30"},
	"crisp-10":     {"CRISP counts time in which two siblings overlap twice; sections do not overlap, so that they sum to the root", ""},
	"crisp-19":     {"as crisp-10", ""},
	"crisp-20":     {"as crisp-10", ""},
	"crisp-21":     {"as crisp-10", ""},
}

// withClip are ours whose answer is another with Options.Clip.
var withClip = map[string]string{"own-fire-and-forget": "W 1010-1100, R 1000-1010"}

func fixtures(t *testing.T) (all []fixture) {
	t.Helper()
	text, err := os.ReadFile("testdata/critical-path.json")
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil || len(all) != 43 {
		t.Fatalf("%d fixtures, %v; want 43", len(all), err)
	}
	return all
}

// later is added to all times: zero is no timestamp.
const later = 1000

// read makes spans. The ids are names, so that an index stands for each.
func (f fixture) read() (spans []zipkin.Span, names map[zipkin.SpanID]string) {
	ids, names := map[string]zipkin.SpanID{"": 0}, map[zipkin.SpanID]string{}
	id := func(name any) zipkin.SpanID {
		if _, known := ids[name.(string)]; !known {
			ids[name.(string)] = zipkin.SpanID(len(ids))
			names[ids[name.(string)]] = name.(string)
		}
		return ids[name.(string)]
	}
	for _, s := range f.Spans {
		kind := zipkin.Kind(strings.ToUpper(s[6].(string)))
		if kind == "INTERNAL" {
			kind = ""
		}
		spans = append(spans, zipkin.Span{TraceID: zipkin.TraceID{Low: 1}, ID: id(s[0]), ParentID: id(s[1]), Timestamp: int64(s[2].(float64)) + later, Duration: int64(s[3].(float64)),
			Local: zipkin.Endpoint{ServiceName: s[4].(string)}, Name: s[5].(string), Kind: kind})
	}
	return spans, names
}

// want are the sections that a text or the file has, by start.
func (f fixture) want(text string) (all []string) {
	if text != "" {
		all = strings.Split(text, ", ")
	}
	for _, s := range f.Sections {
		if text == "" {
			all = append(all, sectionText(s[0].(string), int64(s[1].(float64)), int64(s[2].(float64))))
		}
	}
	slices.Reverse(all)
	return all
}

func sectionText(name string, start, end int64) string {
	return name + " " + strconv.FormatInt(start, 10) + "-" + strconv.FormatInt(end, 10)
}

// TestFixtures holds the paths against what others expect, and ourselves.
func TestFixtures(t *testing.T) {
	for _, f := range fixtures(t) {
		for _, clip := range []bool{false, true} {
			spans, names := f.read()
			tr := critical.Of(spans, critical.Options{Clip: clip})
			checkTiling(t, tr)
			differs, known := byDesign[f.Name]
			sections := f.want(differs.want)
			if clip {
				sections = f.want(withClip[f.Name])
			}
			if got := sectionTexts(tr, names); len(sections) > 0 && !slices.Equal(got, sections) {
				t.Errorf("%s, clip %t: %v, want %v", f.Name, clip, got, sections)
			}
			want := f.Exclusive
			if known && differs.want == "" {
				want = f.Tiled
			}
			if got := exclusive(tr); want != nil && !maps.Equal(got, want) {
				t.Errorf("%s, clip %t: %v, want %v", f.Name, clip, got, want)
			}
		}
	}
}

// sectionTexts are the sections of the path of the trace's root.
func sectionTexts(tr *critical.Trace, names map[zipkin.SpanID]string) (all []string) {
	for _, s := range tr.Paths[0].Sections {
		all = append(all, sectionText(names[tr.Spans[s.Span].ID], s.Start-later, s.End-later))
	}
	return all
}

// exclusive is the time on the path of each operation.
func exclusive(tr *critical.Trace) map[string]int64 {
	all := map[string]int64{}
	for i, n := range tr.Nodes {
		if n.OnPath > 0 {
			all["["+tr.Spans[i].Local.ServiceName+"] "+tr.Spans[i].Name] += n.OnPath
		}
	}
	return all
}
