package faultctl

import (
	"context"
	"slices"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// patience is how long services are waited for that are not connected: they connect in
// moments when they start.
const patience = time.Second / 2

// needs are the services that injections need: theirs, and the gateway, where it is
// decided which requests they happen to.
func needs(injections []faults.Injection) []string {
	services := labapi.Services()[:1]
	for _, i := range injections {
		services = append(services, i.Service)
	}
	slices.Sort(services)
	return slices.Compact(services)
}

// awaitServices waits a little until each of the services is connected, and takes
// faults. The error says why one is not.
func (h *Handlers) awaitServices(ctx context.Context, services ...string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(patience / 50)
	defer tick.Stop()
	for {
		missing, err := lacks(h.cfg.Processes(), services)
		if !missing {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// lacks says why faults of the services cannot happen. Missing: it may be that a
// process is still to connect.
func lacks(connected []control.Process, services []string) (missing bool, err error) {
	if len(connected) == 0 {
		return true, &httpapi.Error{Code: httpapi.Unavailable,
			Detail: "no service is connected to this server, so there is nothing that a fault could happen to: start one with --server-url, or all with 'tracelab up'"}
	}
	for _, name := range services {
		of := func(p control.Process) bool { return p.Service == name }
		takes := func(p control.Process) bool { return of(p) && p.Faults }
		switch {
		case !slices.ContainsFunc(connected, of):
			return true, &httpapi.Error{Code: httpapi.Unavailable, Service: name,
				Detail: "no " + name + " is connected to this server, and it is needed for that: start it with --server-url"}
		case !slices.ContainsFunc(connected, takes):
			return false, &httpapi.Error{Code: httpapi.Forbidden, Service: name,
				Detail: "the " + name + " takes no faults: start it with --allow-faults"}
		}
	}
	return false, nil
}
