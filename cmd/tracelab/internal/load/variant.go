package load

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/loadgen"
	"example.com/tracelab/redact"
)

// variants are the one request that is sent to target, or the two of --ab.
func (c *Command) variants(target string) ([]loadgen.Variant, error) {
	base, err := c.request(target)
	if err != nil {
		return nil, err
	}
	if c.AB == (pair{}) {
		return []loadgen.Variant{{About: c.Fault, Request: base}}, nil
	}
	var both []loadgen.Variant
	for i, spec := range []string{c.AB.a, c.AB.b} {
		changed, err := c.change(base, spec)
		if err != nil {
			return nil, fmt.Errorf("--ab %q: %w", spec, err)
		}
		both = append(both, loadgen.Variant{Name: string(rune('A' + i)), About: about(spec), Request: changed})
	}
	return both, nil
}

// about is what is shown of a variant.
func about(spec string) string {
	if hasScheme(spec) {
		return redact.Text(spec)
	}
	return redact.In(spec)
}

// request is the request that all flags but --ab describe.
func (c *Command) request(target string) (*http.Request, error) {
	if halfScheme.MatchString(target) {
		return nil, fmt.Errorf("URL %q: want one like http://localhost:8080/visit", redact.Text(target))
	}
	r, err := http.NewRequest(c.Method, withScheme(target), nil)
	if err != nil {
		return nil, redact.Error(err)
	}
	for _, line := range c.Header {
		name, value, err := splitHeader(line)
		if err != nil {
			return nil, fmt.Errorf("--header %q: %w", line, err)
		}
		if name == "Host" {
			r.Host = value
		}
		r.Header.Add(name, value)
	}
	if c.Fault != "" {
		if err := addFault(r, c.Fault); err != nil {
			return nil, fmt.Errorf("--fault: %w", err)
		}
	}
	return r, nil
}

// withScheme is a URL as curl takes it, which may leave out "http://".
func withScheme(target string) string {
	if hasScheme(target) {
		return target
	}
	return "http://" + target
}

func hasScheme(target string) bool {
	scheme, _, found := strings.Cut(target, "://")
	return found && !strings.ContainsAny(scheme, ":/?#= ")
}

// halfScheme finds a scheme with a character missing: as a host it would make the rest, which
// may have a password, a path.
var halfScheme = regexp.MustCompile(`(?i)^https?(:/|//)([^/]|$)`)

// change is base with what a variant says.
func (c *Command) change(base *http.Request, spec string) (*http.Request, error) {
	r := base.Clone(base.Context())
	name, _, header := strings.Cut(spec, ": ")
	switch {
	case spec == "none":
		return r, nil
	case strings.HasPrefix(spec, "?"):
		return r, changeQuery(r.URL, spec[1:])
	case hasScheme(spec):
		return c.request(spec)
	case header && isToken(name):
		name, value, err := splitHeader(spec)
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
		return r, err
	}
	if err := addFault(r, spec); err != nil {
		return nil, fmt.Errorf("it is neither none, a URL, a ?query nor a 'Header: value', and as a fault: %w", err)
	}
	return r, nil
}

// changeQuery puts each parameter in the place of those of its name.
func changeQuery(u *url.URL, text string) error {
	change, err := url.ParseQuery(text)
	if err != nil {
		return err
	}
	query := u.Query()
	for name, values := range change {
		query[name] = values
	}
	u.RawQuery = query.Encode()
	return nil
}

// addFault adds to the faults that r asks for.
func addFault(r *http.Request, spec string) error {
	all := append(r.Header.Values(faults.Header), spec)
	if _, err := faults.Parse(strings.Join(all, ",")); err != nil {
		return err
	}
	r.Header.Add(faults.Header, spec)
	return nil
}

func splitHeader(line string) (name, value string, err error) {
	name, value, found := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	if !found || !isToken(name) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return "", "", fmt.Errorf("want 'Name: value'")
	}
	return http.CanonicalHeaderKey(name), value, nil
}

// isToken is RFC 9110's rule for names.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
