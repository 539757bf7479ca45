package workshop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxForm bounds what a form of these pages sends, in bytes.
const maxForm = 64 << 10

// refusal is what the API says where it does not do what it was asked.
type refusal struct {
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func (e *refusal) Error() string { return e.Detail }

// statusOf is the status of a page that says err.
func statusOf(err error) int {
	if e, ok := err.(*refusal); ok && e.Status >= 400 {
		return e.Status
	}
	return http.StatusBadGateway
}

// ask asks the API in the name of a page's reader: from the same address, by the same
// host, with the token of the form if there is one. So who may do what is decided in one
// place, and a page says nothing that curl does not.
func (p *Pages) ask(r *http.Request, method, path string, params url.Values, into any) error {
	to := r.Clone(r.Context())
	to.Method, to.URL, to.RequestURI, to.Pattern = method, &url.URL{Path: path}, path, ""
	to.Body, to.ContentLength, to.Form, to.PostForm = http.NoBody, 0, nil, nil
	to.Header.Set("Accept", "application/json")
	to.Header.Del("Accept-Encoding")
	to.Header.Del("Content-Length")
	if r.Method == http.MethodPost { // of others no body is read, which nobody bounds
		if token := r.PostFormValue("token"); token != "" {
			to.Header.Set("Authorization", "Bearer "+token)
		}
	}
	to.URL.RawQuery = params.Encode()
	to.Header.Del("Content-Type")
	var answer answer
	p.cfg.API.ServeHTTP(&answer, to)
	if answer.status >= 400 {
		e := refusal{Status: answer.status}
		if json.Unmarshal(answer.body.Bytes(), &e) != nil || e.Detail == "" {
			e.Detail = fmt.Sprintf("%s answered %d: %.200s", path, answer.status, strings.TrimSpace(answer.body.String()))
		}
		return &e
	}
	return json.Unmarshal(answer.body.Bytes(), into)
}

// answer keeps an answer of the API.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}
