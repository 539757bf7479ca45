package shell

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
)

//go:embed templates static
var ownFiles embed.FS

// layouts are the templates that every page has.
var layouts = []string{"templates/layout.html"}

// addPages parses the pages of a part, in each language.
func (s *Shell) addPages(files fs.FS) {
	s.shared = append(s.shared, sharedIn(files)...)
	shared, err := fs.Glob(files, "templates/*_part.html")
	if err != nil {
		panic(fmt.Sprintf("shell: templates: %v", err))
	}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		panic(fmt.Sprintf("shell: templates: %v", err))
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if strings.HasSuffix(name, "_part") || strings.HasSuffix(name, "_shared") || file == layouts[0] {
			continue
		}
		for _, lang := range languages {
			s.addPage(lang, name, files, append(shared, file))
		}
	}
}

// sharedIn is the part itself, if it has templates for others.
func sharedIn(part fs.FS) (list []fs.FS) {
	if names, _ := fs.Glob(part, "templates/*_shared.html"); len(names) > 0 {
		list = []fs.FS{part}
	}
	return list
}

func (s *Shell) addPage(lang, name string, files fs.FS, of []string) {
	if s.pages[lang] == nil {
		s.pages[lang] = map[string]*template.Template{}
	}
	if s.pages[lang][name] != nil {
		panic(fmt.Sprintf("shell: two pages are named %s", name))
	}
	say := template.FuncMap{"t": func(text string, args ...any) string { return s.say(lang, text, args...) }}
	t := template.Must(template.New("").Funcs(say).ParseFS(ownFiles, layouts...))
	for _, shared := range s.shared {
		template.Must(t.ParseFS(shared, "templates/*_shared.html"))
	}
	s.pages[lang][name] = template.Must(t.ParseFS(files, of...))
}

// Page is what the layout needs of a page; the data of each page embeds it.
type Page struct {
	Words
	Title  string
	Script string   // file name of the page's module, if it has one
	Styles []string // file names of its style sheets, beside the one of all pages
	Source string
	Home   Link
	Static string // the path of the static files
	// Other is the address of the same page in the other language.
	Other   string
	Links   []PageLink
	TraceID string // what was typed into the box for a trace id
	Wrong   string // why that is not a trace id
}

// Searches reports whether there are traces that can be opened by their ids.
func (p Page) Searches() bool { return p.Home.Path == searchPath }

// PageLink is a link of the navigation as a page shows it.
type PageLink struct {
	Link
	Here bool // it leads to this page
}

// Page begins a page. Title is text of the page's language.
func (s *Shell) Page(r *http.Request, title, script string) Page {
	p := Page{
		Words: s.Words(r), Title: title, Script: script, Source: s.cfg.Source, Home: s.cfg.Home, Static: "/static/" + s.assets().version,
		Other: otherLanguage(r),
	}
	for _, l := range s.links {
		p.Links = append(p.Links, PageLink{l, l.Path == r.URL.Path})
	}
	return p
}

// Show streams a page: its first rows should not wait for the last.
func (s *Shell) Show(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	s.write(w, r, status, name, "page", data)
}

// Fragment streams one block of a page's template, for scripts that put it into a page.
func (s *Shell) Fragment(w http.ResponseWriter, r *http.Request, status int, name, block string, data any) {
	s.write(w, r, status, name, block, data)
}

func (s *Shell) write(w http.ResponseWriter, r *http.Request, status int, name, block string, data any) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	b := bufio.NewWriterSize(w, 64<<10)
	err := s.pages[languageOf(r)][name].ExecuteTemplate(b, block, data)
	if err = errors.Join(err, b.Flush()); err != nil {
		level := slog.LevelError
		if r.Context().Err() != nil {
			level = slog.LevelDebug // the client is gone
		}
		s.cfg.Logger.Log(context.Background(), level, "page not sent whole", "page", name, "err", err)
	}
}

// Problem is a page that says what went wrong and what to do. Its texts are in the
// page's language.
type Problem struct {
	Page
	Heading string
	Text    string
	ID      string // the trace that was not found: the page looks for it again
	Error   string // the cause, in its own words
	// TokenTo is where the token is posted that opens the page, and Back the address that it
	// then leads to. Empty: none does.
	TokenTo, Back string
}

// Problem answers with a page that says what went wrong. It fills in p.Page.
func (s *Shell) Problem(w http.ResponseWriter, r *http.Request, status int, p Problem) {
	script := ""
	if p.ID != "" {
		script = "retry.js"
	}
	p.Page = s.Page(r, p.Heading, script)
	s.Show(w, r, status, "problem", p)
}

// Unreadable answers 502: where the traces are did not answer, and it is not the
// caller's fault.
func (s *Shell) Unreadable(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(r.Context().Err(), context.Canceled) {
		return // the client is gone
	}
	s.cfg.Logger.Error("traces cannot be read", "source", s.cfg.Source, "path", r.URL.Path, "err", err)
	words := s.Words(r)
	s.Problem(w, r, http.StatusBadGateway, Problem{
		Heading: words.T("The traces cannot be read"),
		Text:    words.T("They come from %s, which did not answer as it should. Check that it runs and can be reached from here, then reload.", s.cfg.Source),
		Error:   err.Error(),
	})
}
