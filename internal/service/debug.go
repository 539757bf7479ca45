package service

import (
	"context"
	"io"
	"net/http"
	"net/http/pprof"
	"os"
	"strings"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/httpserver"
)

// debugOptions has a profile take as long as it is asked for, or as the service
// runs.
func debugOptions(requests context.Context) httpserver.Options {
	return httpserver.Options{BaseContext: requests, WriteTimeout: httpserver.Unlimited}
}

// debugRoutes are the debug port: what net/http/pprof would register on the
// default mux, which this program never serves, and the switches of a running
// process.
func (s *instance) debugRoutes() http.Handler {
	routes := []httpapi.Route{
		{Pattern: "GET /debug/sampling", Handler: httpapi.Query(s.showSampling)},
		{Pattern: "PUT /debug/sampling", Handler: httpapi.Query(s.changeSampling)},
		{Pattern: "GET /debug/faults", Handler: httpapi.Query(s.injector.Costs, "trace")},
		{Pattern: "GET /debug/flight", Handler: httpapi.Query(s.takeFlight)},
		{Pattern: "GET /debug/pprof/", Handler: plain(pprof.Index)},
		{Pattern: "GET /debug/pprof/cmdline", Handler: commandLine},
		{Pattern: "GET /debug/pprof/profile", Handler: plain(pprof.Profile)},
		{Pattern: "GET /debug/pprof/symbol", Handler: plain(pprof.Symbol)},
		{Pattern: "POST /debug/pprof/symbol", Handler: plain(pprof.Symbol)},
		{Pattern: "GET /debug/pprof/trace", Handler: plain(pprof.Trace)},
	}
	return httpapi.AnswersTo(s.cfg.AllowHosts)(httpapi.FromOwnPages(httpapi.NewRouter(routes, httpapi.Options{})))
}

// commandLine is pprof.Cmdline without values: the program, its command, and which flags
// it was given. A value may be a secret, or hold one, and may be an argument of its own.
func commandLine(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, strings.Join(withoutValues(os.Args), "\x00"))
	return err
}

func withoutValues(args []string) (shown []string) {
	flags := false
	for _, arg := range args {
		isFlag := strings.HasPrefix(arg, "-")
		flags = flags || isFlag
		if name, _, _ := strings.Cut(arg, "="); isFlag {
			shown = append(shown, name)
		} else if !flags {
			shown = append(shown, arg)
		}
	}
	return shown
}

func plain(h http.HandlerFunc) httpapi.HandlerFunc { return httpapi.FromHTTP(h) }
