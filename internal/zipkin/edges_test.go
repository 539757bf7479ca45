package zipkin_test

import (
	"fmt"
	"slices"
	"testing"

	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

// TestEdges: which durations an edge has, and who names whom. Which edges there are is
// what the tests of the store's links say, whose code this is.
func TestEdges(t *testing.T) {
	for _, c := range []struct {
		name  string
		spans []string
		want  []string
	}{
		{"the client waited for all of the call", []string{"1 CLIENT web>app | @1+9", "2<1 SERVER app | @2+5"}, []string{"web>app 1/0 caller [9]"}},
		{"a shared id", []string{"1 CLIENT web | @1+9", "1 SERVER app>web shared | @2+5"}, []string{"web>app 1/0 callee [9]"}},
		{"a client that knows no duration", []string{"1 CLIENT web>app | @1+0", "2<1 SERVER app | @2+5"}, []string{"web>app 1/0 caller [5]"}},
		{"a server without a client", []string{"1 SERVER web | @1+9", "2<1 SERVER app | @2+5"}, []string{"web>app 1/0 [5]"}},
		{"a server of a caller that reports nothing", []string{"1 SERVER app>web | @1+9"}, []string{"web>app 1/0 callee [9]"}},
		{"a client of what reports nothing", []string{"1 CLIENT app>db error | @1+9"}, []string{"app>db 1/1 caller [9]"}},
		{"neither knows a duration", []string{"1 CLIENT app>db | @1+0"}, []string{"app>db 1/0 caller []"}},
		{"local spans between", []string{"1 CLIENT web | @1+9", "2<1 - web | @2+8", "3<2 SERVER app | @3+5"}, []string{"web>app 1/0 [9]"}},
		{"a name that is not the server's own", []string{"1 CLIENT web>proxy | @1+9", "2<1 SERVER app>other | @2+5"}, []string{"web>app 1/0 [9]"}},
		{"messages", []string{"1 PRODUCER p>kafka | @1+2", "2<1 CONSUMER c>kafka | @9+3"}, []string{"p>kafka 1/0 caller [2]", "kafka>c 1/0 callee [3]"}},
		{"a hop that is missing", []string{"1 SERVER web | @1+9", "2<1 CLIENT weird>db | @2+4"}, []string{"web>weird 1/0 []", "weird>db 1/0 caller [4]"}},
		{"one client, two servers", []string{"1 CLIENT web | @1+9", "1 SERVER a@1.1.1.1 shared | @2+5", "1 SERVER a@2.2.2.2 shared | @3+4"}, []string{"web>a 2/0 [9 9]"}},
		{"partial spans", []string{"1 CLIENT web>db | @1+0", "1 - web | @1+7"}, []string{"web>db 1/0 caller [7]"}},
		{"the second call of an edge", []string{"1 SERVER web | @1+9", "2<1 CLIENT web>db | @2+1", "3<1 CLIENT web>db error | @3+2"}, []string{"web>db 2/1 caller [1 2]"}},
	} {
		var e zipkin.Edges
		e.Add(spantext.Spans(t, c.spans...))
		var got []string
		for _, edge := range e.List() {
			text := fmt.Sprintf("%s>%s %d/%d", edge.Parent, edge.Child, edge.CallCount, edge.ErrorCount)
			if edge.Caller {
				text += " caller"
			}
			if edge.Callee {
				text += " callee"
			}
			slices.Sort(edge.Durations)
			got = append(got, fmt.Sprint(text, " ", edge.Durations))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
