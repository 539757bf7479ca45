package why

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/atomicfile"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// The files of a directory.
const (
	spansFile   = "spans.json"
	traceSuffix = ".trace"
)

// save writes what an answer was made from: the spans of its trace, and of each
// process the execution trace. Whatever services call themselves, the files are
// in dir.
func save(ctx context.Context, client *labapi.Client, dir string, answer *labapi.Explanation) error {
	id, err := zipkin.ParseTraceID(answer.TraceID)
	if err != nil {
		return fmt.Errorf("the server explains trace %q: %w", display.Line(answer.TraceID), err)
	}
	snapshots, err := client.Snapshots(ctx, id)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	err = atomicfile.WriteIn(root, spansFile, atomicfile.Private, func(w io.Writer) error {
		_, err := archive.Write(w, client.Trace(ctx, id))
		return err
	})
	for _, f := range snapshots {
		if err == nil && f.Best && f.Bytes > 0 {
			err = atomicfile.WriteIn(root, traceName(f.Service, f.Instance), atomicfile.Private, func(w io.Writer) error {
				return client.DownloadSnapshot(ctx, f.ID, id, w)
			})
		}
	}
	return err
}

// traceName is the file of a process. The last hyphen divides the two names, in
// which all that means something in the name of a file is escaped.
func traceName(service, instance string) string {
	return escape(service) + "-" + strings.ReplaceAll(escape(instance), "-", "%2D") + traceSuffix
}

// escape is url.PathEscape, for names that may be those of hidden files, or of
// devices and streams of other systems.
func escape(name string) string {
	return strings.NewReplacer(".", "%2E", ":", "%3A", "*", "%2A", "|", "%7C", "~", "%7E").Replace(url.PathEscape(name))
}

// processOf reads the name of a file back.
func processOf(name string) (service, instance string) {
	text := strings.TrimSuffix(name, traceSuffix)
	at := strings.LastIndexByte(text, '-')
	if at < 0 {
		return unescape(text), ""
	}
	return unescape(text[:at]), unescape(text[at+1:])
}

func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
