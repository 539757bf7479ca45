package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed static
var staticFiles embed.FS

// assets are the files of static/, named by a version that is a hash of all of
// them: /static/<version>/trace.js. Modules import each other by relative
// names, so the version reaches every one without rewriting any.
type assets struct {
	version string
	files   map[string]asset
}

type asset struct {
	body []byte
	etag string
}

func loadAssets() assets {
	a := assets{files: map[string]asset{}}
	all := sha256.New()
	entries, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		panic(fmt.Sprintf("web: embedded files: %v", err))
	}
	for _, e := range entries { // sorted by name
		body, err := staticFiles.ReadFile(path.Join("static", e.Name()))
		if err != nil {
			panic(fmt.Sprintf("web: embedded file %s: %v", e.Name(), err))
		}
		sum := sha256.Sum256(body)
		a.files[e.Name()] = asset{body, `"` + hex.EncodeToString(sum[:8]) + `"`}
		fmt.Fprintf(all, "%s %x\n", e.Name(), sum)
	}
	a.version = hex.EncodeToString(all.Sum(nil)[:8])
	return a
}

// serve answers /static/{version}/{file}. A page from before an upgrade asks
// for an older version; it gets today's file, but may not keep it.
func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	f, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	cache := "no-cache"
	if r.PathValue("version") == a.version {
		cache = "public, max-age=31536000, immutable"
	}
	h := w.Header()
	h.Set("Cache-Control", cache)
	h.Set("ETag", f.etag)
	if t := contentTypes[path.Ext(name)]; t != "" {
		h.Set("Content-Type", t)
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(f.body))
}

// contentTypes are ours because the machine's own table may call a module
// text/plain, which browsers refuse to run.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}
