package exec

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/google/pprof/profile"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/executions/profilepages"
	"example.com/tracelab/internal/httpserver"
)

// servePages serves pprof's own pages of profiles until ctx ends.
func servePages(ctx context.Context, std cli.Streams, addr, trace string, list []delay.Profile) error {
	mux := http.NewServeMux()
	for _, p := range list {
		if err := addPages(mux, "/"+string(p.Kind), fmt.Sprintf("%s of %s", p.Kind, trace), p.Profile, std.Err); err != nil {
			return err
		}
	}
	mux.Handle("/{$}", http.RedirectHandler("/"+string(list[0].Kind)+"/flamegraph", http.StatusFound))
	listener, err := net.Listen("tcp", local(addr))
	if err != nil {
		return fmt.Errorf("--http %s: %w", addr, err)
	}
	for _, p := range list {
		root := fmt.Sprintf("http://%s/%s", listener.Addr(), p.Kind)
		fmt.Fprintf(term.Text(std.Out), "%s: %s/flamegraph, also /peek /top /graph /source\n", p.Kind, root)
	}
	// A graph of a large profile takes as long as it takes.
	return httpserver.Serve(ctx, listener, mux, httpserver.Options{WriteTimeout: httpserver.Unlimited})
}

// local is the loopback, unless another host is asked for: profiles show
// names of functions and files.
func local(addr string) string {
	if strings.HasPrefix(addr, ":") {
		return "127.0.0.1" + addr
	}
	return addr
}

// addPages adds the pages that pprof would serve itself.
func addPages(mux *http.ServeMux, prefix, title string, p *profile.Profile, stderr io.Writer) error {
	pages, err := profilepages.New(p, title, stderr)
	for path, page := range pages {
		if path == "/" {
			path = "/{$}"
		}
		mux.Handle(prefix+path, http.StripPrefix(prefix, page))
	}
	return err
}
