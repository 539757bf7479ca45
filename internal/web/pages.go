package web

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
)

//go:embed templates/*.html
var templateFiles embed.FS

// pages are the parsed templates, by file name without .html.
type pages map[string]*template.Template

func parsePages() pages {
	shared := template.Must(template.ParseFS(templateFiles, "templates/layout.html", "templates/explain.html"))
	p := pages{}
	for _, name := range []string{"list", "trace", "mystery", "problem"} {
		t := template.Must(shared.Clone())
		p[name] = template.Must(t.ParseFS(templateFiles, "templates/"+name+".html"))
	}
	return p
}

// page is what the layout needs; the pages embed it.
type page struct {
	Title   string
	Script  string // file name of the page's module, if it has one
	Source  string
	Static  string // where the assets are
	TraceID string // what was typed into the box for a trace id
	Wrong   string // why that is not a trace id
	Mystery bool   // there is a page of mysteries
}

func (u *UI) page(title, script string) page {
	return page{Title: title, Script: script, Source: u.cfg.Source, Static: "/static/" + u.assets.version, Mystery: len(u.cfg.Faults) > 0}
}

// show streams a page: a trace of 10,000 spans is megabytes of HTML whose
// first rows should not wait for the last.
func (u *UI) show(w http.ResponseWriter, status int, name string, data any) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	b := bufio.NewWriterSize(w, 64<<10)
	err := u.pages[name].ExecuteTemplate(b, "page", data)
	if err = errors.Join(err, b.Flush()); err != nil {
		u.cfg.Logger.Debug("page not sent whole", "page", name, "err", err)
	}
}

// problem is a page that says what went wrong and what to do.
type problem struct {
	page
	Heading string
	Text    string
	ID      string // the trace that was not found: the page looks for it again
	Error   string // the cause, in its own words
}

func (u *UI) showProblem(w http.ResponseWriter, status int, p problem) {
	script := ""
	if p.ID != "" {
		script = "retry.js"
	}
	p.page = u.page(p.Heading, script)
	u.show(w, status, "problem", p)
}

// unreadable answers 502: the Reader failed, and not the caller.
func (u *UI) unreadable(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(r.Context().Err(), context.Canceled) {
		return // the client is gone
	}
	u.cfg.Logger.Error("traces cannot be read", "source", u.cfg.Source, "path", r.URL.Path, "err", err)
	u.showProblem(w, http.StatusBadGateway, problem{
		Heading: "The traces cannot be read",
		Text:    "They come from " + u.cfg.Source + ", which did not answer as it should. Check that it runs and can be reached from here, then reload.",
		Error:   err.Error(),
	})
}
