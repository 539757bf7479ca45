package trace

import (
	"cmp"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// ascii reports whether what is drawn on out is to be ASCII: out is no terminal, a dumb
// one, or one of a locale without UTF-8.
func ascii(out io.Writer) bool {
	file, ok := out.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return true
	}
	locale := strings.ToLower(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")))
	return locale != "" && !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
}

// when is a time of day, with the date.
func when(us int64) string { return time.UnixMicro(us).Format(time.DateTime) }
