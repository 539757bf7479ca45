package zipkinapi

import (
	"net/url"
	"strings"
)

// plainPath is the path of u as Zipkin's server takes it: slashes in a row are
// one, what a segment has after a semicolon is not there, and an escape stands
// for its character. Slashes and percent signs stay escaped, so as not to be
// taken for what they are not.
func plainPath(u *url.URL) string {
	path := u.EscapedPath()
	if !strings.HasPrefix(path, "/") || !strings.ContainsAny(path, "%;") && !strings.Contains(path, "//") {
		return path
	}
	var b strings.Builder
	segments := strings.Split(path[1:], "/")
	for i, segment := range segments {
		if segment == "" && i < len(segments)-1 {
			continue
		}
		name, _, _ := strings.Cut(segment, ";")
		b.WriteByte('/')
		b.WriteString(unescapeSegment(name))
	}
	return b.String()
}

var keepEscaped = strings.NewReplacer("%", "%25", "/", "%2F")

func unescapeSegment(segment string) string {
	if !strings.Contains(segment, "%") {
		return segment
	}
	text, err := url.PathUnescape(segment)
	if err != nil {
		return segment
	}
	return keepEscaped.Replace(text)
}
