package shell

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"time"
)

// assets are the static files of all parts, named by a version that is a hash of all
// of them: /static/<version>/trace.js. Modules import each other by relative names, so
// the version reaches every one without rewriting any.
type assets struct {
	version string
	files   map[string]asset
}

type asset struct {
	body []byte
	etag string
}

func loadAssets(parts []fs.FS) assets {
	a := assets{files: map[string]asset{}}
	for _, part := range parts {
		a.load(part)
	}
	all := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(a.files)) {
		fmt.Fprintf(all, "%s %s\n", name, a.files[name].etag)
	}
	a.version = hex.EncodeToString(all.Sum(nil)[:8])
	return a
}

// load adds the static files of a part.
func (a assets) load(part fs.FS) {
	names, err := fs.Glob(part, "static/*")
	if err != nil {
		panic(fmt.Sprintf("shell: embedded files: %v", err))
	}
	for _, file := range names {
		name := path.Base(file)
		if _, taken := a.files[name]; taken {
			panic(fmt.Sprintf("shell: two static files are named %s", name))
		}
		body, err := fs.ReadFile(part, file)
		if err != nil {
			panic(fmt.Sprintf("shell: embedded file %s: %v", name, err))
		}
		sum := sha256.Sum256(body)
		a.files[name] = asset{body, `"` + hex.EncodeToString(sum[:8]) + `"`}
	}
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
