package atomicfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// maxLinks bounds how many links lead to a file, as the kernel does.
const maxLinks = 40

// target is what a path leads to.
type target struct {
	dir, name string
	through   bool // it is written to, not replaced
}

// follow goes through symbolic links, also to where there is no file yet.
func follow(path string) (target, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return target{through: true}, nil
	}
	meant := path
	for range maxLinks {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return target{}, failed(meant, err)
		}
		path = filepath.Join(dir, filepath.Base(path))
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return target{dir: dir, name: filepath.Base(path)}, nil
		}
		if open, _ := filepath.Match("/proc/*/fd", dir); open {
			return target{through: true}, nil // a file that this process has open: the shell's > and >>
		}
		to, err := os.Readlink(path)
		if err != nil {
			return target{}, failed(meant, err)
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(dir, to)
		}
		path = to
	}
	return target{}, fmt.Errorf("%s: too many symbolic links", meant)
}
