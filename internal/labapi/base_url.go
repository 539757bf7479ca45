package labapi

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"example.com/tracelab/redact"
)

// ErrURL is in the chain of an error about a text that cannot be meant as the URL
// of a server.
var ErrURL = errors.New("want HOST:PORT, or a URL like http://HOST:PORT")

// BaseURL reads the URL of a server as people give it: http://HOST:PORT, which may
// have a path, or HOST:PORT alone. Its query and its fragment, as a browser's line
// has them, are left out, and so is a slash at the end.
func BaseURL(text string) (string, error) {
	full, named := text, strings.Contains(text, "://")
	if !named {
		full = "http://" + text
	}
	u, err := url.Parse(full)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "", !named && u.Port() == "":
		return "", fmt.Errorf("the server's URL %q: %w", redact.Text(text), ErrURL)
	}
	u.RawQuery, u.ForceQuery, u.Fragment = "", false, ""
	return strings.TrimSuffix(u.String(), "/"), nil
}
