package term

import (
	"encoding/json"
	"io"
)

// JSON prints one document, indented, with <, > and & as they are.
func JSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
