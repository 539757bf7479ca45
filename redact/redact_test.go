package redact_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/tracelab/redact"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "",
		"http://host":                   "http://host",
		"https://host:9411/a%2Fb/":      "https://host:9411/a%2Fb/",
		"http://ann:S3CRET@host:9411/a": "http://host:9411/a",
		"http://S3CRET@host":            "http://host",
		"http://:S3CRET@[::1]:9":        "http://[::1]:9",
		"http://host/a?key=S3CRET":      "http://host/a",
		"http://host/a?":                "http://host/a",
		"http://host/a#S3CRET":          "http://host/a",
		"//ann:S3CRET@host/a":           "//host/a",
		"redis://ann:S3CRET@host:6379":  "redis://host:6379",
		"http:ann:S3CRET@host":          "host",
		"ann:S3CRET@host:6379":          "host:6379",
		"127.0.0.1:6379":                "127.0.0.1:6379",
		"Host:6379":                     "Host:6379",
		"host:6379?password=S3CRET":     "host:6379",
		"http://ann:S3/CRET@host/":      "http://host/",
		"http://ann:S3?CRET@host":       "http://host",
		"http://ann:S3#CRET@host":       "http://host",
		"http://ann:S3 CRET@host":       "http://host",
		"http://ann:S3@CRET@host":       "http://host",
		"http://ann:%zzS3CRET@host":     "http://host",
		"http://host:bad/a?key=S3CRET":  "http://host:xxxxx/a",
		"http://ann:S3CRET":             "http://ann:xxxxx",
		"http://[::1]:S3CRET/":          "http://[::1]:xxxxx/",
	} {
		if got := redact.Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestURL(t *testing.T) {
	for in, want := range map[string]string{
		"/a?key=S3CRET":          "/a",
		"mailto:ann:S3CRET@host": "mailto:host",
		"http://u:p@host/a?k=v#": "http://host/a",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := redact.URL(u); got != want {
			t.Errorf("URL(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestError has net/url and net/http fail in each way in which they repeat a URL.
func TestError(t *testing.T) {
	location := ""
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusFound)
	}))
	defer srv.Close()
	host := strings.TrimPrefix(srv.URL, "http://")
	get := func(url string) error { _, err := http.Get(url); return err }
	redirect := func(to string) error { location = to; return get(srv.URL + "/?key=S3CRET") }
	_, parse := url.Parse("http://ann:S3CRET@host:port")
	_, port := url.Parse("http://host:S3CRET/")
	for name, test := range map[string]struct {
		err  error
		says string
	}{
		"no port":                        {parse, `"http://host:xxxxx"`},
		"a password in place of one":     {port, "it is no valid URL"},
		"a request refused":              {get("http://ann:S3CRET@127.0.0.1:1/a?key=S3CRET"), `"http://127.0.0.1:1/a": dial tcp`},
		"a scheme that is not known":     {get("S3CRET+x://S3CRET@" + host), "unsupported protocol scheme"},
		"too many redirects":             {redirect("/b?key=S3CRET"), `/b": stopped after 10 redirects`},
		"a Location that is none":        {redirect("http://h:x/?key=S3CRET"), `"http://h:xxxxx/"`},
		"a password in place of a port":  {redirect("http://h:S3CRET/"), `"http://h:xxxxx/": it is no valid URL`},
		"a Location with a space":        {redirect("http://ann:S3 S3CRET@h/%zz"), `"http://h/%zz"`},
		"a Location with quotes":         {fmt.Errorf("%w, %w", redirect(`http://ann:"S3CRET"@h:p`), redirect("http://h:S3CRET")), `"http://h:xxxxx": it is no valid URL, Get`},
		"a path that is no Location":     {redirect("/%zz?key=S3CRET"), `"/%zz"`},
		"an error of another":            {fmt.Errorf("cannot: %w", get("http://ann:S3CRET@127.0.0.1:1")), `cannot: Get "http://127.0.0.1:1"`},
		"what a server repeats":          {errors.New("404: no /a?key=S3CRET at <a href='https://S3CRET@host/a'>"), "404: no /a at <a href='https://host/a'>"},
		"two joined":                     {errors.Join(get("http://127.0.0.1:1/?S3CRET"), io.EOF), "EOF"},
		"a URL with characters to quote": {get("http://127.0.0.1:1/é?key=S3CRET "), "127.0.0.1:1"},
	} {
		got := redact.Error(test.err)
		if text := strings.ReplaceAll(got.Error(), `"S3CRET+x"`, ""); !strings.Contains(got.Error(), test.says) || name != "a scheme that is not known" && strings.Contains(text, "S3CRET") {
			t.Errorf("%s: %v\nwant it to say %s, and no secret", name, got, test.says)
		}
		if !errors.Is(got, test.err) {
			t.Errorf("%s: the error is not in the chain of the redacted one", name)
		}
	}
}

// TestErrorOfWhatWasGiven has an error repeat what is no URL, as it is and quoted.
func TestErrorOfWhatWasGiven(t *testing.T) {
	for given, want := range map[string]string{
		"http://ann:'S 3CRET@host/":   "http://host/",
		"http://ann:\"S3CRET\"@host/": "http://host/",
		"http://host/a b?S3CRET":      "http://host/a%20b",
		"S3CRET@host:1":               "host:1",
	} {
		err := fmt.Errorf("open %s: no %q", given, given)
		got := redact.Error(err, "nothing", given)
		if text := fmt.Sprintf("open %s: no %q", want, want); got.Error() != text || !errors.Is(got, err) {
			t.Errorf("%q: %v; want %s", given, got, text)
		}
	}
}

func TestErrorLeavesOthersAsTheyAre(t *testing.T) {
	if redact.Error(nil) != nil {
		t.Error("an error of nil")
	}
	for _, err := range []error{io.EOF, errors.New("is it up, and is the URL right? see http://host/a/b: and/or?")} {
		if got := redact.Error(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}

func TestIn(t *testing.T) {
	for in, want := range map[string]string{
		"--zipkin-url=http://ann:S3CRET@host:9411?k=S3CRET":          "--zipkin-url=http://host:9411",
		`see "https://S3CRET@a/b" and http://c/?S3CRET.`:             `see "https://a/b" and http://c/.`,
		"redis: dial redis://:S3CRET@host:6379 failed":               "redis: dial redis://host:6379 failed",
		"unexpected argument --x=ann:S3CRET@host:6379":               "unexpected argument --x=host:6379",
		"from ann@host: no, at 12:30 @home":                          "from ann@host: no, at 12:30 @home",
		"want http://HOST:PORT, or (http://[::1]) http://[::1]: no.": "want http://HOST:PORT, or (http://[::1]) http://[::1]: no.",
		"no http://127.0.0.1:S3CRET!":                                "no http://127.0.0.1:xxxxx!",
		"http://127.0.0.1:1: nothing is there":                       "http://127.0.0.1:1: nothing is there",
		"(see http://ann:S3CRET@h/?S3CRET).":                         "(see http://h/).",
		"no URL at all, and/or a question?":                          "no URL at all, and/or a question?",
	} {
		if got := redact.In(in); got != want {
			t.Errorf("In(%q) = %q, want %q", in, got, want)
		}
	}
}
