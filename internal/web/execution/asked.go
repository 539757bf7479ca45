package execution

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/internal/web/params"
)

// asked is what the address of a page asks for. All that a page shows is in its address.
type asked struct {
	Path    string
	Wrong   []string // sentences on what could not be used
	Unknown []params.Unknown
	values  url.Values // of the known parameters, one each
}

// readAsked reads the parameters that a page knows. Of several flags, as a form has them, it
// makes one list.
func readAsked(r *http.Request, known ...string) *asked {
	v, err := url.ParseQuery(r.URL.RawQuery)
	if flags := v["flags"]; len(flags) > 1 {
		v.Set("flags", strings.Join(flags, ","))
	}
	a := &asked{Path: r.URL.EscapedPath(), values: url.Values{}, Unknown: params.FindUnknown(v, known)}
	if wrong := params.Unreadable(v, err); wrong != "" {
		a.Wrong = append(a.Wrong, wrong)
	}
	for _, name := range known {
		if value := v.Get(name); value != "" {
			a.values.Set(name, value)
		}
	}
	return a
}

// Right reports whether all of the address could be understood.
func (a *asked) Right() bool { return len(a.Wrong) == 0 && len(a.Unknown) == 0 }

// Get is a parameter as it stands in the address; empty: it does not.
func (a *asked) Get(name string) string { return a.values.Get(name) }

// Has reports whether the address has a parameter.
func (a *asked) Has(name string) bool { return a.values.Get(name) != "" }

// number is a parameter from least on, or otherwise.
func (a *asked) number(name string, least, otherwise int64) int64 {
	text := a.Get(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least {
		a.Wrong = append(a.Wrong, fmt.Sprintf("%s=%.40s is not a number that this page knows: give a whole number from %d to %d.", name, text, least, int64(math.MaxInt64)))
		return otherwise
	}
	return n
}

// oneOf is a parameter that is one of some, or the first of them.
func (a *asked) oneOf(name string, of []string) string {
	text := a.Get(name)
	if text == "" {
		return of[0]
	}
	if !slices.Contains(of, text) {
		a.Wrong = append(a.Wrong, fmt.Sprintf("%s=%.40s is not known to this page: use %s.", name, text, strings.Join(of, ", ")))
		return of[0]
	}
	return text
}

// With is the address of the page with other values: pairs of a parameter and its value, of
// which an empty one takes the parameter away.
func (a *asked) With(pairs ...string) string {
	v := url.Values{}
	for name, values := range a.values {
		v[name] = values
	}
	return address(a.Path, v, pairs)
}

// Address is that of the page, without what is not known.
func (a *asked) Address() string { return a.With() }

// longestName is the longest name that a link has, in bytes: browsers and servers refuse
// addresses of some thousands.
const longestName = 1000

// address is empty if a value is too long for an address.
func address(path string, v url.Values, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if len(pairs[i+1]) > longestName {
			return ""
		}
		v.Del(pairs[i])
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}
