package faultctl

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/labapi"
)

// visitLine is a command line for a POSIX shell: the visits of v, of an attendee,
// with the header Fault if fault is not empty.
func (h *Handlers) visitLine(r *http.Request, v faults.Visit, attendee, fault string) string {
	words := []string{"curl", "-s", display.ShellWord(h.gatewayURL(r) + "/visit")}
	if v.Queued {
		words = []string{"curl", "-s", "-X", "POST", display.ShellWord(h.gatewayURL(r) + "/visits")}
	}
	// As parameters, which -G puts into the query: one long URL could not be broken.
	for n, target := range targets(h.gateway().Visits, v.Paths) {
		if n == 0 {
			words = slices.Insert(words, 2, "-G")
		}
		words = append(words, "-d", display.ShellWord("url="+target))
	}
	if attendee != "" {
		// Percent-encoded: a name may have what separates members of baggage.
		words = append(words, "-H", display.ShellWord("baggage: "+labapi.AttendeeTag+"="+url.PathEscape(attendee)))
	}
	if fault != "" {
		words = append(words, "-H", display.ShellWord(faults.Header+": "+fault))
	}
	line := strings.Join(words, " ")
	if v.Times > 1 {
		line = fmt.Sprintf("for n in $(seq %d); do %s; done", v.Times, line)
	}
	return line
}

// gatewayURL is where the caller of r reaches the gateway.
func (h *Handlers) gatewayURL(r *http.Request) string {
	return display.URL(hosts.Beside(cmp.Or(h.cfg.GatewayURL, h.gateway().URL, "http://localhost:8080"), r))
}

// visitOf is the visits that all injections happen to.
func visitOf(injections []faults.Injection) (all faults.Visit) {
	for _, i := range injections {
		v := i.Visit()
		all.Queued = all.Queued || v.Queued
		all.Times = max(all.Times, v.Times)
		all.Paths = append(all.Paths, v.Paths...)
	}
	return all
}

// gateway is the one that connected last; the zero Process if none has.
func (h *Handlers) gateway() (latest control.Process) {
	for _, p := range h.cfg.Processes() {
		if p.Service == labapi.Services()[0] && !p.ConnectedAt.Before(latest.ConnectedAt) {
			latest = p
		}
	}
	return latest
}

// targets names the paths of the third party of which the gateway visits one URL, where
// it is ours, which has them. Of another, that URL is named each time.
func targets(visited string, paths []string) (all []string) {
	for _, path := range paths {
		if target, ok := thirdParty(visited, path); ok {
			all = append(all, readable.Replace(url.QueryEscape(target)))
		}
	}
	return all
}

// thirdParty is a path of the third party of which the gateway visits one URL; where it
// is none of ours, that URL.
func thirdParty(visited, path string) (target string, ok bool) {
	third, err := url.Parse(visited)
	if err != nil || third.Host == "" {
		return "", false
	}
	if third.Path == "/get" {
		third.Path = path
	}
	return third.String(), true
}

// readable undoes the percent-encoding of what may stand in a query as it is.
var readable = strings.NewReplacer("%3A", ":", "%2F", "/")
