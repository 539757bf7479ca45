package exec

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/google/pprof/driver"
	"github.com/google/pprof/profile"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/httpserver"
)

// servePages serves pprof's own pages of profiles until ctx ends.
func servePages(ctx context.Context, std cli.Streams, addr, trace string, list []delay.Profile) error {
	mux := http.NewServeMux()
	for _, p := range list {
		name(p.Profile, fmt.Sprintf("%s of %s", p.Kind, trace))
		if err := addPages(mux, "/"+string(p.Kind), p.Profile, std.Err); err != nil {
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

// name has the pages say what they are of: their title is the program's name.
func name(p *profile.Profile, title string) {
	m := &profile.Mapping{ID: 1, File: title, HasFunctions: true, HasFilenames: true, HasLineNumbers: true}
	p.Mapping = []*profile.Mapping{m}
	for _, l := range p.Location {
		l.Mapping = m
	}
}

// addPages adds the pages that pprof would serve itself.
func addPages(mux *http.ServeMux, prefix string, p *profile.Profile, stderr io.Writer) error {
	return driver.PProf(&driver.Options{
		Flagset: &pprofFlags{FlagSet: flag.NewFlagSet("pprof", flag.ContinueOnError)},
		Fetch:   inMemory{p},
		UI:      noTerminal{stderr},
		HTTPServer: func(pages *driver.HTTPServerArgs) error {
			for path, page := range pages.Handlers {
				if path == "/" {
					path = "/{$}"
				}
				mux.Handle(prefix+path, http.StripPrefix(prefix, page))
			}
			return nil
		},
	})
}

// inMemory gives pprof a profile that is no file.
type inMemory struct{ p *profile.Profile }

// Fetch returns no source: of what has one, pprof keeps a copy in the home
// directory.
func (m inMemory) Fetch(string, time.Duration, time.Duration) (*profile.Profile, string, error) {
	return m.p, "", nil
}

// noTerminal has pprof neither ask nor open a browser.
type noTerminal struct{ stderr io.Writer }

func (noTerminal) ReadLine(string) (string, error)     { return "", io.EOF }
func (noTerminal) Print(...any)                        {}
func (t noTerminal) PrintErr(a ...any)                 { fmt.Fprintln(t.stderr, append([]any{"pprof:"}, a...)...) }
func (noTerminal) IsTerminal() bool                    { return false }
func (noTerminal) WantBrowser() bool                   { return false }
func (noTerminal) SetAutoComplete(func(string) string) {}

// pprofFlags is the command line that pprof is given. The address is only to
// have it serve: it does not listen there.
type pprofFlags struct{ *flag.FlagSet }

func (f *pprofFlags) Parse(func()) []string {
	if err := f.FlagSet.Parse([]string{"-http=localhost:0", "-no_browser", "-symbolize=none", "profile"}); err != nil {
		return nil
	}
	return f.Args()
}

func (f *pprofFlags) StringList(name, value, usage string) *[]*string {
	return &[]*string{f.String(name, value, usage)}
}

func (f *pprofFlags) ExtraUsage() string   { return "" }
func (f *pprofFlags) AddExtraUsage(string) {}
