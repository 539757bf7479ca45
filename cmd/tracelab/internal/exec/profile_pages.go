package exec

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/google/pprof/profile"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/executions/profilepages"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/httpserver"
)

// servePages serves pprof's own pages of profiles until ctx ends.
func servePages(ctx context.Context, std cli.Streams, addr, trace string, list []delay.Profile) error {
	mux := http.NewServeMux()
	o := profilepages.Options{Sources: isLoopback(local(addr)), Stderr: std.Err}
	for _, p := range list {
		o.Title = fmt.Sprintf("%s of %s", p.Kind, trace)
		if err := addPages(mux, "/"+string(p.Kind), p.Profile, o); err != nil {
			return err
		}
	}
	mux.Handle("/{$}", http.RedirectHandler("/"+string(list[0].Kind)+"/flamegraph", http.StatusFound))
	listener, err := net.Listen("tcp", local(addr))
	if err != nil {
		return fmt.Errorf("--http %s: %w", addr, err)
	}
	also := "/peek /top /graph"
	if o.Sources {
		also += " /source"
	}
	for _, p := range list {
		fmt.Fprintf(term.Text(std.Out), "%s: http://%s/%s/flamegraph, also %s\n", p.Kind, listener.Addr(), p.Kind, also)
	}
	pages := httpapi.AnswersTo(nil)(mux)
	// A graph of a large profile takes as long as it takes.
	return httpserver.Serve(ctx, listener, pages, httpserver.Options{WriteTimeout: httpserver.Unlimited})
}

// local is the loopback, unless another host is asked for: profiles show
// names of functions and files.
func local(addr string) string {
	if strings.HasPrefix(addr, ":") {
		return "127.0.0.1" + addr
	}
	return addr
}

// addPages adds the pages of a profile.
func addPages(mux *http.ServeMux, prefix string, p *profile.Profile, o profilepages.Options) error {
	pages, err := profilepages.New(p, o)
	for path, page := range pages {
		if path == "/" {
			path = "/{$}"
		}
		mux.Handle(prefix+path, http.StripPrefix(prefix, page))
	}
	return err
}
