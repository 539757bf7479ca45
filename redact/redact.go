// Package redact leaves out of a URL what may be secret in it: user-info, query and
// fragment. Scheme, host and path stay. Whatever prints a URL for people, in a log, on
// a page, in an answer or in a span, prints it by way of this package.
package redact

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// URL is u without user-info, query and fragment.
func URL(u *url.URL) string {
	if u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && u.Opaque == "" {
		return u.String()
	}
	safe := url.URL{Scheme: u.Scheme, Opaque: afterUserInfo(u.Opaque), Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return safe.String()
}

// Text is URL for a text that should be one, and may be none: what somebody typed, or
// HOST:PORT alone. Where the text cannot be read as a URL, all that stands before its
// last "@" counts as user-info, and a port that is no number as a password.
func Text(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		return URL(u)
	}
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return beforeQuery(afterUserInfo(text))
	}
	return scheme + "://" + noPort.ReplaceAllString(beforeQuery(afterUserInfo(rest)), "$1:xxxxx")
}

// noPort finds what stands in the place of a port.
var noPort = regexp.MustCompile(`^(\[[^/]*\]|[^/:\[]*):[^/]*[^/0-9][^/]*`)

func beforeQuery(s string) string {
	if end := strings.IndexAny(s, "?#"); end >= 0 {
		return s[:end]
	}
	return s
}

func afterUserInfo(s string) string { return s[strings.LastIndexByte(s, '@')+1:] }

// Error is err with a text in which each URL is redacted; err itself stays in its
// chain. It is for errors of net/url and net/http, which repeat URLs, and for texts of
// other servers, which may do so. Nil stays nil.
//
// Where a URL ends that is none, because of a space or a quote in it, no sentence shows: given are
// texts that err may repeat, each of which is redacted as a whole, by Text.
func Error(err error, given ...string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, whole := range given {
		text = strings.ReplaceAll(text, strconv.Quote(whole), strconv.Quote(Text(whole)))
		text = strings.ReplaceAll(text, whole, Text(whole))
	}
	var about *url.Error
	if errors.As(err, &about) {
		text = strings.ReplaceAll(text, strconv.Quote(about.URL), strconv.Quote(Text(about.URL)))
		if about.Op == "parse" { // the reason repeats a part of the URL, and that may be the password
			text = strings.ReplaceAll(text, about.Err.Error(), "it is no valid URL")
		}
	}
	text = In(withoutLocation(text))
	if text == err.Error() {
		return err
	}
	return redacted{text, err}
}

// withoutLocation redacts, as a whole, a Location that net/http cannot read, and says less of
// why: the reason may repeat the password.
func withoutLocation(text string) string {
	const says = "failed to parse Location header "
	before, after, found := strings.Cut(text, says)
	quoted, err := strconv.QuotedPrefix(after)
	if !found || err != nil {
		return text
	}
	rest := after[len(quoted):]
	location, _ := strconv.Unquote(quoted)
	if _, err := url.Parse(location); err != nil {
		rest = strings.Replace(rest, err.Error(), "it is no valid URL", 1)
	}
	return before + says + strconv.Quote(Text(location)) + withoutLocation(rest)
}

// In is a text with each URL in it redacted, but for http://HOST:PORT, as our own
// sentences say what they want.
func In(text string) string {
	return inText.ReplaceAllStringFunc(text, func(found string) string {
		address := strings.TrimRight(found, ".,:;!?)]}") // the rest belongs to the sentence
		if strings.HasSuffix(address, "://HOST:PORT") {
			return found
		}
		return Text(address) + found[len(address):]
	})
}

// inText finds URLs, what has a user and a password like one, and paths with a query:
// net/http names a Location that it cannot read, and many servers repeat a request's path.
var inText = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]*|[^\s"'<>/=]*:[^\s"'<>/]*@[^\s"'<>]*|/[^\s"'<>?]*\?[^\s"'<>]+`)

// redacted is an error with another text.
type redacted struct {
	text string
	error
}

func (r redacted) Error() string { return r.text }

// Unwrap returns the error whose text is not for people.
func (r redacted) Unwrap() error { return r.error }
