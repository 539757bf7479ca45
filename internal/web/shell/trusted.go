package shell

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Trust says who may see pages that are not for everybody, such as those of execution
// traces: who is trusted without more, as on the server's own machine, and whose browser has
// shown the server's token.
type Trust struct {
	shell   *Shell
	trusted func(*http.Request) bool
	path    string // below which the pages are

	mu      sync.Mutex
	granted []string // what browsers have as a cookie, the latest last
}

// mostGranted bounds the browsers that are remembered.
const mostGranted = 1000

// NewTrust returns a Trust for the pages below a path. trusted reports whether who sent a
// request is trusted, as by its Authorization. Nil: whoever reaches the pages is.
func (s *Shell) NewTrust(trusted func(*http.Request) bool, path string) *Trust {
	return &Trust{shell: s, trusted: trusted, path: path}
}

// cookie is the name of what says that a browser has shown the token: it has no part of it.
const cookie = "tracelab-shown"

// Page keeps a page from those who are not trusted: they are asked for the token.
func (t *Trust) Page(show http.HandlerFunc) http.HandlerFunc {
	if t.trusted == nil {
		return show
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if t.trusted(r) || t.has(r) {
			show(w, r)
			return
		}
		back := r.URL.RequestURI()
		if r.Method == http.MethodPost {
			back = t.path
		}
		t.refuse(w, r, back, "")
	}
}

func (t *Trust) refuse(w http.ResponseWriter, r *http.Request, back, wrong string) {
	words := t.shell.Words(r)
	t.shell.Problem(w, r, http.StatusForbidden, Problem{
		Heading: words.T("Execution traces are shown on the server's own machine, or with its token"),
		Text:    words.T("They have names of functions and files, and what goroutines of all requests did. tracelab why explains a request from anywhere."),
		Error:   wrong, TokenTo: t.path + "/token", Back: back})
}

// Take answers a POST of the token with the page that it is to lead back to, for which the
// browser is remembered until it or the server ends.
func (t *Trust) Take(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	back := r.PostFormValue("back")
	if !strings.HasPrefix(back, t.path+"/") {
		back = t.path
	}
	shown := r.Clone(r.Context())
	shown.Header.Set("Authorization", "Bearer "+r.PostFormValue("token"))
	if t.trusted != nil && !t.trusted(shown) {
		t.refuse(w, r, back, t.shell.Words(r).T("That is not the token."))
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: t.grant(), Path: t.path, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func (t *Trust) grant() string {
	id := rand.Text()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.granted) == mostGranted {
		t.granted = t.granted[1:]
	}
	t.granted = append(t.granted, id)
	return id
}

// has reports whether a browser has shown the token.
func (t *Trust) has(r *http.Request) bool {
	c, err := r.Cookie(cookie)
	if err != nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Contains(t.granted, c.Value)
}
