// Package tracelab_test holds what is true of the repository as a whole.
package tracelab_test

import "testing"

const module = "example.com/tracelab/"

// arrows lists, for every package, the packages of this module that it may
// import. They point one way: from programs to services to libraries.
var arrows = map[string][]string{
	"cmd/fetcher":    {"internal/cli", "services/fetcher"},
	"cmd/gateway":    {"internal/cli", "services/gateway"},
	"cmd/thirdparty": {"internal/cli", "internal/thirdparty"},
	"cmd/tracelab":   {"cmd/tracelab/internal/compare", "cmd/tracelab/internal/doctor", "cmd/tracelab/internal/exec", "cmd/tracelab/internal/fault", "cmd/tracelab/internal/load", "cmd/tracelab/internal/serve", "cmd/tracelab/internal/spans", "cmd/tracelab/internal/trace", "cmd/tracelab/internal/why", "internal/cli"},
	"cmd/tracelab/internal/compare": {"cmd/tracelab/internal/source", "cmd/tracelab/internal/term", "internal/analysis/collect", "internal/analysis/profile", "internal/analysis/question",
		"internal/analysis/states", "internal/analysis/text", "internal/atomicfile", "internal/cli", "internal/display", "internal/labapi", "internal/zipkin", "internal/zipkinapi", "redact"},
	"cmd/tracelab/internal/doctor": {"cmd/tracelab/internal/flags", "cmd/tracelab/internal/term", "internal/cli", "internal/display"},
	"cmd/tracelab/internal/exec": {"cmd/tracelab/internal/term", "exectrace", "exectrace/chrome", "exectrace/counters", "exectrace/delay", "exectrace/groups", "exectrace/mmu", "exectrace/stats", "exectrace/wire", "internal/atomicfile",
		"internal/cli", "internal/display", "internal/executions", "internal/executions/files", "internal/executions/profilepages", "internal/executions/report", "internal/httpapi", "internal/httpserver", "internal/web/execution", "internal/web/request", "internal/web/shell", "internal/web/timeline", "redact"},
	"cmd/tracelab/internal/fault": {"cmd/tracelab/internal/flags", "cmd/tracelab/internal/term", "internal/cli", "internal/display", "internal/faults", "internal/labapi", "redact"},
	"cmd/tracelab/internal/flags": {"internal/cli", "internal/labapi"},
	"cmd/tracelab/internal/load":  {"cmd/tracelab/internal/flags", "cmd/tracelab/internal/term", "internal/cli", "internal/display", "internal/faults", "internal/loadgen", "redact"},
	"cmd/tracelab/internal/serve": {"cmd/tracelab/internal/term", "internal/cli", "internal/display", "internal/hosts", "internal/httpapi", "internal/logging", "internal/server", "internal/stack", "internal/store", "internal/zipkinapi",
		"redact", "services/fetcher", "services/gateway", "services/writer"},
	"cmd/tracelab/internal/source": {"cmd/tracelab/internal/flags", "internal/analysis/collect", "internal/archive", "internal/cli", "internal/display", "internal/labapi", "internal/zipkin", "internal/zipkinapi"},
	"cmd/tracelab/internal/spans":  {"cmd/tracelab/internal/term", "internal/archive", "internal/atomicfile", "internal/cli", "internal/display", "internal/labapi", "internal/zipkin", "internal/zipkinapi"},
	"cmd/tracelab/internal/term":   {"internal/display"},
	"cmd/tracelab/internal/why":    {"cmd/tracelab/internal/flags", "cmd/tracelab/internal/term", "exectrace", "internal/archive", "internal/atomicfile", "internal/cli", "internal/display", "internal/labapi", "internal/why", "internal/whytext", "internal/zipkin", "redact"},
	"cmd/writer":                   {"internal/cli", "services/writer"},

	"deploy/dist": {}, // a tool, which ships nowhere

	"services/fetcher": {"internal/httpapi", "internal/service", "internal/target", "redact", "services/fetcher/fetchapi",
		"services/fetcher/internal/egress", "services/fetcher/internal/plan", "tracing", "tracing/propagation"},
	"services/gateway": {"internal/hosts", "internal/httpapi", "internal/labapi", "internal/service", "internal/target", "redact", "services/fetcher/fetchapi",
		"services/gateway/internal/plan", "services/gateway/visitapi", "services/writer/storeapi"},
	"services/writer": {"internal/httpapi", "internal/metrics", "internal/service", "redact", "services/fetcher/fetchapi", "services/writer/internal/node",
		"services/writer/internal/plan", "services/writer/storeapi", "tracing", "tracing/propagation", "tracing/redistrace"},

	// What makes faults real: reached through plan, which alone knows of them.
	"services/fetcher/internal/egress":  {},
	"services/fetcher/internal/outline": {},
	"services/fetcher/internal/plan": {"internal/faults", "internal/reporting", "services/fetcher/internal/egress", "services/fetcher/internal/outline",
		"services/fetcher/internal/preconnect", "services/fetcher/internal/proxy", "services/fetcher/internal/register"},
	"services/fetcher/internal/preconnect": {},
	"services/fetcher/internal/proxy":      {},
	"services/fetcher/internal/register":   {},
	"services/gateway/internal/background": {},
	"services/gateway/internal/plan": {"internal/faults", "internal/httpapi", "internal/service", "services/gateway/internal/background",
		"services/gateway/internal/ranking", "services/gateway/internal/stamp", "services/gateway/internal/standby", "services/gateway/visitapi"},
	"services/gateway/internal/ranking": {"services/gateway/visitapi"},
	"services/gateway/internal/stamp":   {},
	"services/gateway/internal/standby": {"internal/service", "services/fetcher/fetchapi"},
	"services/writer/internal/changes":  {"services/writer/internal/node", "services/writer/storeapi"},
	"services/writer/internal/journal":  {"internal/httpapi"},
	"services/writer/internal/lane":     {"services/writer/internal/changes", "services/writer/internal/node"},
	"services/writer/internal/node":     {"tracing/redistrace"},
	"services/writer/internal/plan": {"internal/faults", "internal/reporting", "services/writer/internal/changes",
		"services/writer/internal/journal", "services/writer/internal/lane", "services/writer/internal/ranking"},
	"services/writer/internal/ranking": {"services/writer/storeapi"},

	// What a service answers: types, for it and for its clients.
	"services/fetcher/fetchapi": {},
	"services/gateway/visitapi": {},
	"services/writer/storeapi":  {},

	"internal/archive":    {"internal/atomicfile", "internal/zipkin", "internal/zipkin/codec"},
	"internal/atomicfile": {},
	"internal/cli":        {"internal/display", "internal/misspelt", "redact"},
	"internal/costs":      {},
	"internal/control":    {"internal/jsonerr", "internal/redirect", "redact"},
	"internal/display":    {"redact"},
	"internal/doctor":     {"internal/control", "internal/display", "internal/labapi", "internal/status", "internal/zipkin", "internal/zipkinapi", "services/gateway/visitapi"},
	"internal/explain":    {"internal/display", "internal/hosts", "internal/httpapi", "internal/labapi", "internal/metrics", "internal/snapshots", "internal/why", "internal/whytext", "internal/zipkin", "internal/zipkinapi"},
	"internal/faultctl":   {"internal/control", "internal/costs", "internal/display", "internal/faults", "internal/hosts", "internal/httpapi", "internal/labapi", "internal/proof", "internal/visits", "internal/zipkin", "internal/zipkinapi"},
	"internal/faults":     {"internal/costs", "internal/labapi"},
	"internal/flight":     {"exectrace/userlog", "internal/labapi", "internal/redirect", "redact", "tracing", "tracing/rules"},
	"internal/gzipped":    {},
	"internal/hosts":      {},
	"internal/httpapi":    {"internal/display", "internal/hosts", "internal/jsonerr", "internal/metrics", "internal/misspelt", "tracing/responsewriter"},
	"internal/httpserver": {},
	"internal/injector":   {"internal/costs", "internal/faults", "internal/httpapi", "internal/labapi", "tracing/propagation"},
	"internal/jsonerr":    {},
	"internal/labapi":     {"internal/archive", "internal/control", "internal/redirect", "internal/zipkin", "internal/zipkin/codec", "redact"},
	"internal/loadgen":    {"internal/display", "redact"},
	"internal/logging":    {},
	"internal/metrics":    {},
	"internal/misspelt":   {},
	"internal/server": {"internal/analysisapi", "internal/archive", "internal/control", "internal/doctor", "internal/executions", "internal/executions/files", "internal/explain", "internal/faultctl",
		"internal/hosts", "internal/httpapi", "internal/httpserver", "internal/labapi", "internal/metrics", "internal/recordings", "internal/snapshots", "internal/status", "internal/store", "internal/web",
		"internal/zipkin", "internal/zipkinapi", "redact", "tracing"},
	"internal/proof":      {"internal/display", "internal/faults", "internal/labapi", "internal/zipkin"},
	"internal/recordings": {"internal/control", "internal/display", "internal/executions", "internal/httpapi", "internal/labapi"},
	"internal/redirect":   {"redact"},
	"internal/reporting":  {"tracing/reporter"},
	"internal/service": {"internal/control", "internal/flight", "internal/hosts", "internal/httpapi", "internal/httpserver", "internal/injector", "internal/labapi",
		"internal/logging", "internal/metrics", "internal/redirect", "internal/reporting", "redact", "tracing", "tracing/propagation", "tracing/reporter"},
	"internal/snapshots":  {"internal/display", "exectrace", "internal/control", "internal/httpapi", "internal/jsonerr", "internal/labapi", "internal/metrics", "internal/zipkin"},
	"internal/stack":      {"internal/archive", "internal/cli", "internal/display", "internal/hosts", "internal/httpapi", "internal/logging", "internal/server", "internal/store", "internal/thirdparty", "internal/zipkinapi", "redact", "tracing"},
	"internal/status":     {"internal/control", "internal/labapi", "redact"},
	"internal/store":      {"internal/zipkin"},
	"internal/target":     {"redact"},
	"internal/thirdparty": {"internal/httpapi", "internal/httpserver"},
	"internal/visits":     {"internal/httpapi", "internal/labapi", "internal/zipkin", "internal/zipkinapi"},
	"internal/web":        {"internal/executions", "internal/hosts", "internal/labapi", "internal/web/comparison", "internal/web/dependencies", "internal/web/execution", "internal/web/find", "internal/web/request", "internal/web/shell", "internal/web/timeline", "internal/web/waterfall", "internal/web/workshop", "internal/zipkin", "internal/zipkinapi"},
	"internal/web/dependencies": {"internal/analysis/stat", "internal/display", "internal/hosts", "internal/web/draw", "internal/web/params", "internal/web/shell",
		"internal/zipkin", "internal/zipkinapi"},
	"internal/web/comparison": {"internal/display", "internal/httpapi", "internal/labapi",
		"internal/web/draw", "internal/web/params", "internal/web/shell", "internal/zipkin", "internal/zipkinapi"},
	"internal/web/draw":   {"internal/display"},
	"internal/web/find":   {"internal/analysis/stat", "internal/display", "internal/hosts", "internal/labapi", "internal/misspelt", "internal/web/draw", "internal/web/params", "internal/web/shell", "internal/web/waterfall", "internal/zipkin", "internal/zipkinapi"},
	"internal/web/params": {"internal/misspelt"},
	"internal/web/request": {"exectrace", "exectrace/lanes", "internal/display", "internal/executions", "internal/executions/report", "internal/httpapi", "internal/labapi", "internal/web/draw", "internal/web/execution", "internal/web/params", "internal/web/shell", "internal/web/states",
		"internal/why", "internal/zipkin", "internal/zipkinapi"},
	"internal/web/shell":     {"internal/display", "internal/gzipped", "internal/hosts", "tracing/responsewriter"},
	"internal/web/states":    {"exectrace/lanes", "internal/web/shell"},
	"internal/web/timeline":  {"exectrace", "exectrace/calltree", "exectrace/counters", "exectrace/lanes", "exectrace/userlog", "internal/display", "internal/executions", "internal/executions/report", "internal/web/draw", "internal/web/execution", "internal/web/params", "internal/web/shell", "internal/web/states", "internal/zipkin"},
	"internal/web/waterfall": {"internal/analysis/critical", "internal/analysis/report", "internal/analysis/stat", "internal/display", "internal/hosts", "internal/httpapi", "internal/labapi", "internal/web/draw", "internal/web/shell", "internal/whytext", "internal/zipkin", "internal/zipkin/codec", "internal/zipkinapi"},
	"internal/web/webtest":   {"internal/hosts", "internal/web/shell", "internal/zipkin", "internal/zipkinapi"},
	"internal/web/workshop":  {"internal/control", "internal/display", "internal/httpapi", "internal/labapi", "internal/web/draw", "internal/web/shell", "internal/zipkin", "internal/zipkinapi"},
	"internal/why":           {"exectrace", "internal/display", "internal/labapi", "internal/zipkin"},
	"internal/whytext":       {"internal/display", "internal/labapi", "internal/why"},
	"internal/zipkin":        {},
	"internal/zipkin/codec":  {"internal/zipkin"},
	"internal/zipkinapi":     {"internal/gzipped", "internal/httpapi", "internal/metrics", "internal/misspelt", "internal/redirect", "internal/store", "internal/zipkin", "internal/zipkin/codec", "redact", "tracing/responsewriter"},

	// Execution traces that people look at in pages.
	"internal/executions":              {"exectrace", "exectrace/counters", "exectrace/lanes"},
	"internal/executions/files":        {"exectrace", "internal/display", "internal/executions"},
	"internal/executions/profilepages": {},
	"internal/executions/report":       {"exectrace", "exectrace/counters", "exectrace/groups", "exectrace/mmu", "exectrace/stats", "internal/display"},
	"internal/web/execution": {"exectrace", "exectrace/counters", "exectrace/delay", "exectrace/groups", "exectrace/mmu", "exectrace/stats", "exectrace/userlog", "internal/display", "internal/executions",
		"internal/executions/profilepages", "internal/executions/report", "internal/httpapi", "internal/web/draw", "internal/web/params", "internal/web/shell", "internal/web/states", "internal/zipkin"},

	// What is concluded from the spans of traces alone.
	"cmd/tracelab/internal/trace": {"cmd/tracelab/internal/source", "cmd/tracelab/internal/term", "internal/analysis/collect", "internal/analysis/critical", "internal/analysis/report", "internal/analysis/text", "internal/cli", "internal/display", "internal/labapi",
		"internal/zipkin", "internal/zipkinapi", "redact"},
	"internal/analysis/compare":  {"internal/analysis/critical", "internal/analysis/stat", "internal/display", "internal/labapi", "internal/zipkin"},
	"internal/analysis/critical": {"internal/zipkin"},
	"internal/analysis/stat":     {},
	"internal/analysis/collect":  {"internal/display", "internal/labapi", "internal/zipkin", "internal/zipkinapi"},
	"internal/analysis/profile":  {"internal/analysis/critical", "internal/display", "internal/zipkin"},
	"internal/analysis/question": {"internal/analysis/collect", "internal/analysis/compare", "internal/analysis/states", "internal/labapi", "internal/zipkin", "internal/zipkinapi"},
	"internal/analysis/states":   {"internal/analysis/critical", "internal/display", "internal/labapi", "internal/zipkin"},
	"internal/analysis/report":   {"internal/analysis/critical", "internal/display", "internal/labapi", "internal/zipkin"},
	"internal/analysis/text":     {"internal/analysis/report", "internal/display", "internal/labapi"},
	"internal/analysisapi": {"internal/analysis/collect", "internal/analysis/critical", "internal/analysis/profile", "internal/analysis/question", "internal/analysis/report", "internal/analysis/states", "internal/analysis/text",
		"internal/display", "internal/hosts", "internal/httpapi", "internal/labapi", "internal/zipkin", "internal/zipkinapi"},

	// Programs to read: other people's packages only, as in the reader's own
	// programs. Their tests may use more.
	"labs/annotate":  {},
	"labs/blocked":   {},
	"labs/crowd":     {},
	"labs/gophers":   {},
	"labs/oczipkin":  {},
	"labs/testtrace": {},

	// For tests.
	"internal/testbed":               {},
	"internal/testbed/clitest":       {"internal/cli", "internal/testbed"},
	"internal/testbed/conformance":   {},
	"internal/testbed/culprit":       {"internal/analysis/compare", "internal/analysis/critical", "internal/labapi", "internal/zipkin"},
	"internal/testbed/eventcmp":      {"exectrace"},
	"internal/testbed/executiontest": {"exectrace", "exectrace/userlog", "internal/executions"},
	"internal/testbed/redistest":     {"internal/testbed"},
	"internal/testbed/servertest":    {"internal/control", "internal/costs", "internal/labapi", "internal/server", "internal/testbed"},
	"internal/testbed/spantext":      {"internal/zipkin"},
	"internal/testbed/stacktest":     {"internal/testbed"},
	"internal/testbed/zipkintest":    {"internal/testbed"},
	"internal/testbed/workload":      {},

	// Libraries for other people's programs: nothing of ours but each other.
	"exectrace":                     {"exectrace/internal/container", "exectrace/internal/decode", "exectrace/internal/events", "exectrace/internal/table", "exectrace/userlog"},
	"exectrace/calltree":            {"exectrace", "exectrace/lanes"},
	"exectrace/chrome":              {"exectrace", "exectrace/counters", "exectrace/internal/analysis", "exectrace/internal/decode", "exectrace/internal/table"},
	"exectrace/counters":            {"exectrace", "exectrace/internal/analysis", "exectrace/internal/container", "exectrace/internal/decode", "exectrace/internal/events"},
	"exectrace/delay":               {"exectrace", "exectrace/internal/analysis", "exectrace/internal/decode", "exectrace/internal/events", "exectrace/internal/table", "exectrace/stats"},
	"exectrace/groups":              {"exectrace", "exectrace/stats"},
	"exectrace/internal/analysis":   {"exectrace", "exectrace/internal/container", "exectrace/internal/events"},
	"exectrace/internal/container":  {},
	"exectrace/internal/decode":     {"exectrace/internal/container"},
	"exectrace/internal/events":     {"exectrace/internal/container", "exectrace/internal/decode"},
	"exectrace/internal/eventstest": {"exectrace/internal/decode", "exectrace/internal/events"},
	"exectrace/internal/recordtest": {"exectrace"},
	"exectrace/internal/table":      {"exectrace/internal/decode"},
	"exectrace/internal/wiretest":   {"exectrace/wire"},
	"exectrace/lanes":               {"exectrace", "exectrace/counters", "exectrace/internal/analysis", "exectrace/internal/decode", "exectrace/internal/events", "exectrace/stats"},
	"exectrace/mmu":                 {"exectrace", "exectrace/internal/analysis", "exectrace/internal/container", "exectrace/internal/decode", "exectrace/internal/events"},
	"exectrace/stats":               {"exectrace"},
	"exectrace/userlog":             {},
	"exectrace/wire":                {"exectrace/internal/container"},
	"redact":                        {},
	"tracing":                       {"exectrace/userlog", "redact", "tracing/propagation", "tracing/reporter", "tracing/responsewriter", "tracing/rules"},
	"tracing/propagation":           {},
	"tracing/redistrace":            {"redact", "tracing"},
	"tracing/reporter":              {"redact"},
	"tracing/responsewriter":        {},
	"tracing/rules":                 {},
	"tracing/tracetest":             {"tracing", "tracing/reporter"},
}

// neverReach lists what a package may not import, neither itself nor through
// others: packages of this module, or modules.
var neverReach = map[string][]string{
	// A client of the workshop's API is no reason to link what stands behind it.
	"internal/labapi":           {"internal/server", "internal/store", "internal/web", "internal/faults", "tracing"},
	"cmd/tracelab/internal/why": {"internal/server", "internal/store", "internal/web", "internal/flight", "internal/faults", "tracing"},

	// What explains a trace must not know what was broken on purpose, or it would
	// grade its own answer (docs/decisions/0008).
	"exectrace":          {"internal/costs", "internal/faults", "internal/faultctl"},
	"internal/explain":   {"internal/costs", "internal/faults", "internal/faultctl"},
	"internal/snapshots": {"internal/costs", "internal/faults", "internal/faultctl"},
	"internal/why":       {"internal/costs", "internal/faults", "internal/faultctl"},
	"internal/whytext":   {"internal/costs", "internal/faults", "internal/faultctl"},
	"internal/web":       {"internal/costs", "internal/faults", "internal/faultctl"},

	"internal/analysis/compare":  {"internal/costs", "internal/faults", "internal/faultctl"},
	"internal/analysis/critical": {"internal/costs", "internal/faults", "internal/faultctl"},
	"internal/analysis/question": {"internal/costs", "internal/faults", "internal/faultctl"},
	"internal/analysis/states":   {"internal/costs", "internal/faults", "internal/faultctl"},
	"internal/analysisapi":       {"internal/costs", "internal/faults", "internal/faultctl"},

	// It is for when the decoder does not read a trace, too.
	"exectrace/wire":            {"golang.org/x/exp"},
	"exectrace/internal/decode": {"golang.org/x/exp"},
}

// testSupport lists packages that only tests, and each other, may import, with
// all packages below them.
var testSupport = []string{
	"exectrace/internal/eventstest",
	"exectrace/internal/recordtest",
	"exectrace/internal/wiretest",
	"internal/testbed",
	"internal/testbed/workload",
	"internal/web/webtest",
}

// owners lists who may import a module that brings weight or global state.
var owners = map[string][]string{
	"charm.land/lipgloss/v2":                   {"cmd/tracelab/internal/compare", "cmd/tracelab/internal/fault", "cmd/tracelab/internal/serve", "cmd/tracelab/internal/term", "cmd/tracelab/internal/why"},
	"code.dny.dev/ssrf":                        {"internal/target"},
	"contrib.go.opencensus.io/exporter/zipkin": {"labs/oczipkin", "tracing"},
	"github.com/HdrHistogram/hdrhistogram-go":  {"internal/loadgen"},
	"github.com/alecthomas/kong":               {"cmd/tracelab", "cmd/tracelab/internal/load", "internal/cli"},
	"github.com/alicebob/miniredis/v2":         {"internal/stack"},
	"github.com/google/pprof":                  {"cmd/tracelab/internal/exec", "exectrace/calltree", "exectrace/delay", "internal/analysis/profile", "internal/executions/profilepages"},
	"github.com/mccutchen/go-httpbin/v2":       {"internal/thirdparty"},
	"github.com/redis/go-redis/v9": {"internal/testbed/redistest", "labs/oczipkin", "services/writer", "services/writer/internal/changes", "services/writer/internal/lane",
		"services/writer/internal/node", "services/writer/internal/plan", "services/writer/internal/ranking", "tracing/redistrace"},
	"github.com/schollz/progressbar/v3": {"cmd/tracelab/internal/term"},
	"github.com/tsenart/vegeta/v12":     {"internal/loadgen"},
	// Its API may change any day.
	"golang.org/x/exp":               {"exectrace/internal/events", "exectrace/internal/eventstest", "internal/testbed/eventcmp"},
	"go.opencensus.io/zpages":        {}, // importing it makes every span record
	"go.opencensus.io/plugin/ochttp": {}, // its work is done by package tracing
}

// maxFiles bounds the files of a package, tests apart: beyond it, it is hard to find
// a file by reading names.
const maxFiles = 40

func TestLayering(t *testing.T) {
	r := rules{arrows, neverReach, testSupport, owners, maxFiles}
	for _, v := range r.violations(shipped(t)) {
		t.Error(v)
	}
}
