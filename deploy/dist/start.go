package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// startWithin bounds how long a program may take to answer, with an emulator too.
const startWithin = 2 * time.Minute

// start has the program of an archive say its version, and serve, where this machine can
// start it, and returns what was done.
func start(ctx context.Context, archive string, t target) (string, error) {
	by, how, starts := starter(t)
	if !starts {
		return how, nil
	}
	dir, err := os.MkdirTemp("", "dist")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	program, err := unpackProgram(archive, dir)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	command := append(by, program)
	said, err := exec.CommandContext(ctx, command[0], append(command[1:], "--version")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("--version: %w: %s", err, said)
	}
	if version := strings.Split(filepath.Base(archive), "_")[1]; !strings.Contains(string(said), version) {
		return "", fmt.Errorf("--version says %q, and it was built of %s", said, version)
	}
	if err := serves(ctx, command); err != nil {
		return "", err
	}
	return how, nil
}

// starter says what starts a program for a system here, if something does, and in words
// whether it does. Nothing at all starts this machine's own.
func starter(t target) (by []string, how string, starts bool) {
	if t == here() && t.os != "windows" {
		return nil, "started", true
	}
	if here().os != "linux" || t != (target{"linux", "arm64"}) {
		return nil, "checked as a file, not started: this machine is " + here().String(), false
	}
	for _, emulator := range []string{"qemu-aarch64-static", "qemu-aarch64"} {
		if path, err := exec.LookPath(emulator); err == nil {
			return []string{path}, "started by " + emulator, true
		}
	}
	return nil, "checked as a file, not started: there is no qemu-aarch64 here", false
}

// unpackProgram takes the program, which is the first file, out of an archive.
func unpackProgram(archive, dir string) (string, error) {
	f, err := os.Open(archive)
	if err != nil {
		return "", err
	}
	defer f.Close()
	packed, err := gzip.NewReader(f)
	if err != nil {
		return "", err
	}
	r := tar.NewReader(packed)
	if _, err := r.Next(); err != nil {
		return "", err
	}
	program := filepath.Join(dir, "tracelab")
	out, err := os.OpenFile(program, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, r)
	return program, errors.Join(err, out.Close())
}

var servingAt = regexp.MustCompile(`msg=serving .*\baddr=(\S+)`)

// serves starts the store on a free port, asks whether it is well, and stops it.
func serves(ctx context.Context, command []string) error {
	cmd := exec.CommandContext(ctx, command[0], append(command[1:], "store", "--addr", "127.0.0.1:0")...)
	said, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	well := errors.New("it says nowhere where it serves")
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if m := servingAt.FindStringSubmatch(lines.Text()); m != nil {
			well = isWell(ctx, "http://"+m[1]+"/health")
			well = errors.Join(well, cmd.Process.Signal(syscall.SIGTERM))
		}
	}
	if err := errors.Join(well, cmd.Wait()); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

func isWell(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return nil
}
