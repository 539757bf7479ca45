package execcli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.com/tracelab/exectrace"
)

// save writes the profile to the file that is asked for, or all to a directory.
func (c *profileCommand) save(list []exectrace.Profile) error {
	if c.Kind != "all" {
		return saveProfile(list[0], c.Output)
	}
	if err := os.MkdirAll(c.Output, 0o777); err != nil {
		return err
	}
	for _, p := range list {
		if err := saveProfile(p, filepath.Join(c.Output, string(p.Kind)+".pb.gz")); err != nil {
			return err
		}
	}
	return nil
}

// saveProfile leaves the file at path as it is, or replaces it by a whole one.
func saveProfile(p exectrace.Profile, path string) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeTo(p, path)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = p.Write(f); err != nil {
		return fmt.Errorf("%s is as it was: %w", path, err)
	}
	if err = errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeTo writes to what is no file that could be replaced: a pipe, a device.
func writeTo(p exectrace.Profile, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(p.Write(f), f.Close())
}
