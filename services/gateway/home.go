package gateway

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	htmltemplate "html/template"
	"net/http"
	"strings"
	"text/template"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/services/gateway/visitapi"
)

// endpoint is a kind of request, as GET / describes it, and who answers it.
type endpoint struct {
	visitapi.Request
	handler httpapi.HandlerFunc
}

// endpoints are all requests that the gateway takes.
func (g *gateway) endpoints() []endpoint {
	visits := []visitapi.Param{
		{Name: "url", Repeats: true, Help: "what to visit, once or several times; else the offline third party"},
		{Name: "rounds", Help: "how often, 1 to 100"},
		{Name: "mode", Help: "parallel, the default, or serial: one URL after the other"},
	}
	one := []visitapi.Param{{Name: "url", Help: "which one"}}
	return []endpoint{
		{visitapi.Request{Method: "GET", Path: "/visit", Summary: "visits each URL and answers when all are done", Params: visits, Example: "curl -s '{}/visit'"}, g.visit},
		{visitapi.Request{Method: "POST", Path: "/visits", Summary: "queues the visits and answers at once", Params: visits, Example: "curl -s -X POST '{}/visits'"}, g.queue},
		{visitapi.Request{Method: "GET", Path: "/visits", Summary: "the status that is stored for a URL", Params: one, Example: "curl -s '{}/visits?url=" + g.cfg.ThirdPartyURL + "'"}, g.stored},
	}
}

func (g *gateway) routes() (routes []httpapi.Route) {
	for _, e := range g.endpoints() {
		var params []string
		for _, p := range e.Params {
			if p.Repeats {
				p.Name += "..." // as httpapi.Query has it
			}
			params = append(params, p.Name)
		}
		routes = append(routes, httpapi.Route{Pattern: e.Method + " " + e.Path, Handler: httpapi.FormAsQuery(httpapi.Query(e.handler, params...))})
	}
	return routes
}

// headers are those that every request may have.
func (g *gateway) headers() []visitapi.Header {
	all := []visitapi.Header{
		{Name: "baggage", Help: "whose request it is: the traces are found by that name", Example: "-H 'baggage: attendee=ann'"},
		{Name: "b3", Help: "record it or not: 1 or 0; d: debug; or the trace to join", Example: "-H 'b3: d'"},
		{Name: "traceparent", Help: "the trace to join, as the W3C writes it; X-B3-TraceId as well", Example: "-H 'traceparent: 00-…-…-01'"},
	}
	if g.cfg.AllowFaults {
		all = append(all, visitapi.Header{Name: "Fault", Help: "what is to go wrong, for this request alone", Example: "-H 'Fault: writer=lock-contention;ms=80'"})
	}
	return all
}

//go:embed home.txt
var homeText string

//go:embed home.html
var homeHTML string

//go:embed home.css
var homeStyle string

var (
	homeForTerminals = template.Must(template.New("home").Parse(homeText))
	homeForBrowsers  = htmltemplate.Must(htmltemplate.New("home").Parse(homeHTML))
)

// home answers GET /: it says what can be asked.
func (g *gateway) home(w http.ResponseWriter, r *http.Request) error {
	h := g.describe(r)
	if !httpapi.WantsHTML(r) {
		var text bytes.Buffer
		if err := homeForTerminals.Execute(&text, h); err != nil {
			return err
		}
		httpapi.Answer(w, r, h, text.String())
		return nil
	}
	var page bytes.Buffer
	data := struct {
		visitapi.Home
		Style htmltemplate.CSS
	}{h, htmltemplate.CSS(homeStyle)}
	if err := homeForBrowsers.Execute(&page, data); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(homeStyle))
	w.Header().Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(page.Bytes())
	return nil
}

// describe has the addresses by which the caller reaches them.
func (g *gateway) describe(r *http.Request) visitapi.Home {
	own, ui := hosts.Own(r).String(), hosts.Beside(g.ui.String(), r)
	h := visitapi.Home{Service: "gateway", TracesURL: ui, Headers: g.headers()}
	for _, e := range g.endpoints() {
		e.Example = strings.Replace(e.Example, "{}", own, 1)
		h.Requests = append(h.Requests, e.Request)
	}
	return h
}
