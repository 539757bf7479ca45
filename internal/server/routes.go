package server

import (
	"net/http"
	"slices"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/faultctl"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/internal/web"
)

// api is the workshop's own API, as the main listener serves it. What changes
// something for others, or shows what execution traces say of a program, is for
// the trusted.
func (s *Server) api() []httpapi.Route {
	open := []httpapi.Route{
		{Pattern: "GET " + labapi.StackPath, Handler: httpapi.Query(s.stack, "status")},
		{Pattern: "GET " + labapi.SamplingPath, Handler: forPeople(s.showSampling)},
		{Pattern: "POST " + labapi.DoctorPath, Handler: httpapi.Query(s.doctor)},
		{Pattern: "GET " + labapi.SpansPath, Handler: httpapi.Query(s.spans, "trace")},
		{Pattern: "POST " + labapi.SpansPath, Handler: httpapi.FromHTTP(s.spanCollector())},
		{Pattern: "GET " + labapi.WhyPath, Handler: forPeople(s.explainer.ExplainChosen, "slowest", "live")},
		{Pattern: "GET " + labapi.WhyPath + "/{trace}", Handler: forPeople(s.explainer.Explain, "span", "start_us", "wait")},
		{Pattern: "GET " + labapi.WhyPath + "/{trace}" + labapi.ExecutionPath, Handler: forPeople(s.explainer.ShowExecution)},
		{Pattern: "GET " + labapi.ComparePath, Handler: forPeople(s.analysis.Compare, labapi.ComparisonParameters()...)},
		{Pattern: "GET " + labapi.PprofPath, Handler: forPeople(s.analysis.Pprof, "q")},
		{Pattern: "GET " + labapi.PathPath, Handler: forPeople(s.analysis.PathChosen, "slowest", "last")},
		{Pattern: "GET " + labapi.PathPath + "/{trace}", Handler: forPeople(s.analysis.Path, "span")},
	}
	trusted := []httpapi.Route{
		{Pattern: "POST " + labapi.SamplingPath, Handler: httpapi.ForTerminals(s.changeSampling)},
		{Pattern: "GET " + labapi.SnapshotsPath, Handler: httpapi.Query(s.snapshots.List, "trace")},
		{Pattern: "GET " + labapi.SnapshotsPath + "/{id}", Handler: httpapi.Query(s.snapshots.Download, "trace")},
	}
	all := slices.Concat(open, s.faults.Routes(), httpapi.Use(trusted, s.trusted))
	if s.cfg.Token != "" {
		all = append(all, s.processRoutes()...)
	}
	return all
}

// forPeople is a handler that people ask by curl: its errors are sentences, also that
// it takes no such parameter.
func forPeople(h httpapi.HandlerFunc, params ...string) httpapi.HandlerFunc {
	return httpapi.ForTerminals(httpapi.Query(h, params...))
}

// processRoutes are for the processes of the workshop. They check the token
// themselves.
func (s *Server) processRoutes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "POST " + control.Path, Handler: httpapi.FromHTTP(s.control)},
		{Pattern: "POST " + labapi.SnapshotsPath, Handler: s.snapshots.Receive},
		{Pattern: "POST " + labapi.RecordingsPath + "/{id}", Handler: s.recorder.Receive},
		{Pattern: "POST " + labapi.HappenedPath, Handler: s.faults.Receive},
	}
}

// mount adds routes to mux, and what says that there is no such route beside them. It
// returns both without the mux.
func mount(mux *http.ServeMux, routes []httpapi.Route) *httpapi.Router {
	router := httpapi.NewRouter(routes, httpapi.Options{})
	for _, route := range routes {
		mux.Handle(route.Pattern, router)
	}
	mux.Handle("/tracelab/", router)
	return router
}

// handler is all that the main listener serves. What a page of another site must
// not reach from the browser of a reader is behind a check of the host.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	api := mount(mux, httpapi.Use(s.api(), httpapi.AnswersTo(s.cfg.AllowHosts), httpapi.FromOwnPages))
	ui := web.New(web.Config{Reader: s.reader, Explainer: s.explainer, Comparer: s.analysis, Losses: s.losses, Ended: s.ended, Executions: s.executions(), Recorder: s.recorder, Keeper: s.given, Trusted: s.isTrusted, API: api, Faults: faultctl.Catalogue(), Source: s.source(), GatewayURL: s.cfg.GatewayURL, AllowHosts: s.cfg.AllowHosts})
	if !s.cfg.API.QueryDisabled {
		ui.Routes(mux)
	}
	mux.HandleFunc("GET /healthz", httpapi.Health{}.Alive)
	mux.HandleFunc("GET /readyz", s.ready)
	if s.zipkinAPI != nil {
		mux.Handle("/", s.zipkinAPI)   // which says of the rest what Zipkin says
		return s.zipkinAPI.Before(mux) // it has /metrics and /prometheus too
	}
	mux.Handle("GET /metrics", metrics.Handler(s.writeMetrics))
	mux.Handle("GET /prometheus", metrics.Handler(s.writeMetrics))
	return mux
}

// processHandler is what the listener for processes alone serves.
func (s *Server) processHandler() http.Handler {
	mux := http.NewServeMux()
	mount(mux, s.processRoutes())
	return mux
}

// ready says whether traces can be read.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.zipkin != nil {
		if err := s.zipkin.Health(r.Context()); err != nil {
			httpapi.WriteJSONStatus(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready", "zipkin": err.Error()})
			return
		}
	}
	httpapi.WriteJSON(w, map[string]string{"status": "ready"})
}

// writeMetrics adds the metrics of this process.
func (s *Server) writeMetrics(p *metrics.Page) {
	p.Gauge("tracelab_processes", "Processes that keep a control stream to this server.", float64(len(s.control.Processes())))
	s.snapshots.WriteMetrics(p)
	s.explainer.WriteMetrics(p)
	p.Process()
}
