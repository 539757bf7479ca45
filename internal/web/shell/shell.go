// Package shell is what all pages of the user interface share: the layout, their
// language, static files, headers, compression, and pages that say what went wrong.
//
// The pages are parts, each a package with its own templates and static files. A part
// adds itself once, before the first request.
package shell

import (
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"

	"example.com/tracelab/internal/gzipped"
	"example.com/tracelab/internal/hosts"
)

// Config is what New needs.
type Config struct {
	// Source says in words where the traces come from: "the embedded store", or the
	// URL of a Zipkin. Empty: there are no traces of requests, and pages do not say so.
	Source string
	// Home is the first page, to which others lead. The zero value is the list of traces,
	// which opens a trace by its id; pages of a server with another one do not offer that.
	Home Link
	// AllowHosts are names under which the pages answer beside localhost and IP
	// addresses.
	AllowHosts hosts.Names
	// Logger logs what the pages cannot say themselves; nil means slog.Default.
	Logger *slog.Logger
}

// Part is a package of pages.
type Part struct {
	// Files holds templates/*.html and static/*. A template NAME.html defines the block
	// "main" of the page NAME; what NAME_part.html defines is for all templates of the
	// part, and what NAME_shared.html defines for all of it and of parts that are added
	// later. Names of pages and of static files are unique over all parts.
	Files fs.FS
	// Chinese has the Chinese of each label.
	Chinese map[string]string
}

// Shell serves parts. It is safe for concurrent use once all parts are added.
type Shell struct {
	cfg     Config
	links   []Link
	files   []fs.FS
	shared  []fs.FS // parts that have templates for others
	chinese map[string]string
	pages   map[string]map[string]*template.Template // by language and name
	assets  func() assets
}

// Link is an entry of the navigation that is on top of each page.
type Link struct{ Label, Path string }

// searchPath is where traces are found.
const searchPath = "/"

// New returns a shell with what its own pages need.
func New(cfg Config) *Shell {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Home == (Link{}) {
		cfg.Home = Link{Label: "All traces", Path: searchPath}
	}
	s := &Shell{cfg: cfg, chinese: map[string]string{}, pages: map[string]map[string]*template.Template{}}
	s.assets = sync.OnceValue(func() assets { return loadAssets(s.files) })
	s.Add(Part{Files: ownFiles, Chinese: Chinese})
	return s
}

// Add adds a part. It panics on a template that cannot be parsed, a name that is
// taken, and a label with two translations: these are faults of the program.
func (s *Shell) Add(p Part) {
	s.files = append(s.files, p.Files)
	s.addWords(p.Chinese)
	s.addPages(p.Files)
}

// Navigate adds entries to the navigation, in the order of the calls. Their labels are
// translated as others are.
func (s *Shell) Navigate(links ...Link) { s.links = append(s.links, links...) }

// Handle adds a page's route to mux: behind the check of the host, with the headers of
// all pages, compressed for who accepts it, and in the language that the reader chose.
func (s *Shell) Handle(mux *http.ServeMux, pattern string, h http.HandlerFunc) {
	mux.Handle(pattern, s.checkHost(secure(chooseLanguage(gzipped.Handler(s.recovered(h))))))
}

// HandleStream is Handle without compression, for answers that are sent bit by bit.
func (s *Shell) HandleStream(mux *http.ServeMux, pattern string, h http.HandlerFunc) {
	mux.Handle(pattern, s.checkHost(secure(chooseLanguage(s.recovered(h)))))
}

// Routes adds the static files.
func (s *Shell) Routes(mux *http.ServeMux) {
	s.Handle(mux, "GET /static/{version}/{file}", func(w http.ResponseWriter, r *http.Request) { s.assets().serve(w, r) })
}
