package term

import (
	"encoding/json"
	"io"
)

// Format is how a verb answers: in words and tables or, for programs, in one
// JSON document. A verb embeds it.
type Format struct {
	JSON bool `name:"json" help:"Print one JSON document."`
}

// JSON prints one document, indented, with <, > and & as they are.
func JSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
