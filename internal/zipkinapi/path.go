package zipkinapi

import (
	"net/url"
	"strings"
)

// plainPath normalizes the path of u as Zipkin's server does: repeated slashes are
// one, what follows a semicolon in a segment is removed, and escapes are decoded.
// Slashes and percent signs stay escaped, because they would change their meaning.
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
