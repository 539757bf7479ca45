package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// file is one of an archive.
type file struct {
	name string
	mode fs.FileMode
	from string
}

// suffix is the kind of archive that people of a system can open with what they have.
func suffix(t target) string {
	if t.os == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

// pack writes an archive of files, all of one time and nobody's.
func pack(archive string, files []file, at time.Time) error {
	out, err := os.Create(archive)
	if err != nil {
		return err
	}
	if filepath.Ext(archive) == ".zip" {
		err = packZip(out, files, at)
	} else {
		err = packTar(out, files, at)
	}
	return errors.Join(err, out.Close())
}

func packTar(out io.Writer, files []file, at time.Time) error {
	packed, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(packed)
	for _, f := range files {
		content, err := os.ReadFile(f.from)
		if err != nil {
			return err
		}
		header := &tar.Header{Name: f.name, Mode: int64(f.mode), Size: int64(len(content)), ModTime: at, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), packed.Close())
}

func packZip(out io.Writer, files []file, at time.Time) error {
	w := zip.NewWriter(out)
	for _, f := range files {
		content, err := os.ReadFile(f.from)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at}
		header.SetMode(f.mode)
		to, err := w.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := to.Write(content); err != nil {
			return err
		}
	}
	return w.Close()
}
