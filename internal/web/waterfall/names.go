package waterfall

import "example.com/tracelab/internal/display"

// longestName bounds names on the page, in characters: layouts hold, whatever a name is.
const longestName = 200

func serviceName(name string) string { return cut(display.Service(name)) }
func spanName(name string) string    { return cut(display.SpanName(name)) }

func cut(name string) string {
	if len(name) <= longestName {
		return name
	}
	return display.Cut(name, longestName)
}
