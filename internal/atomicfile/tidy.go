package atomicfile

import (
	"io/fs"
	"os"
	"strings"
	"time"
)

// abandoned is how long nothing was written to a file that its writer has left behind.
const abandoned = time.Hour

// Tidy removes what writers of the file at path have left beside it when they were
// killed. Those that may still be at work are left alone.
func Tidy(path string) {
	to, err := follow(path)
	if err != nil || to.through {
		return
	}
	root, err := os.OpenRoot(to.dir)
	if err != nil {
		return
	}
	defer root.Close()
	entries, _ := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && isPart(e.Name(), to.name) && time.Since(info.ModTime()) > abandoned {
			root.Remove(e.Name())
		}
	}
}

// isPart reports whether a name is one that beside makes for what is to replace a file.
func isPart(name, of string) bool {
	return strings.HasPrefix(name, besidePrefix(of)) && strings.HasSuffix(name, ".part") && len(name) == len(beside(of, ".part"))
}
