// Package profilepages is pprof's own pages of a profile: flame graph, peek, top and others.
package profilepages

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/pprof/driver"
	"github.com/google/pprof/profile"
)

// pprof is one at a time: it has settings of the whole process.
var pprof sync.Mutex

// Options say of what pages are, and what they may show.
type Options struct {
	Title   string    // what the pages say that they are of
	Sources bool      // there is a page of source code: it shows files of this machine
	Stderr  io.Writer // what pprof complains of
}

// offered are the pages of pprof that there are. Those that write its settings are not: any
// page of the web could have a browser ask for them.
var offered = []string{"/", "/graph", "/top", "/peek", "/flamegraph", "/download"}

// New returns pages that pprof would serve itself, by their paths such as /flamegraph, each with
// its Content-Security-Policy. The title is in the profile afterwards, in the place of a
// program's name.
func New(p *profile.Profile, o Options) (map[string]http.Handler, error) {
	pprof.Lock()
	defer pprof.Unlock()
	name(p, o.Title)
	pages := map[string]http.Handler{}
	err := driver.PProf(&driver.Options{
		Flagset: &pprofFlags{FlagSet: flag.NewFlagSet("pprof", flag.ContinueOnError)},
		Fetch:   inMemory{p},
		UI:      noTerminal{o.Stderr},
		HTTPServer: func(args *driver.HTTPServerArgs) error {
			for path, page := range args.Handlers {
				if slices.Contains(offered, path) || o.Sources && path == "/source" {
					pages[path] = within(policy, page)
				}
			}
			return nil
		},
	})
	return pages, err
}

// policy lets pprof's pages have the scripts and styles that stand in them. Names that
// come from the profile are escaped by these pages.
const policy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

func within(policy string, page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		page.ServeHTTP(w, r)
	})
}

// name has the pages say what they are of: their title is the program's name.
func name(p *profile.Profile, title string) {
	m := &profile.Mapping{ID: 1, File: title, HasFunctions: true, HasFilenames: true, HasLineNumbers: true}
	p.Mapping = []*profile.Mapping{m}
	for _, l := range p.Location {
		l.Mapping = m
	}
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
