package documents

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// notRun are commands that are not run here, by a part of each.
var notRun = map[string]string{
	"docker compose":          "scripts/compose-smoke.sh runs the containers",
	"https://go.dev/":         "it needs the Internet",
	"make dist":               "it builds the program for six systems",
	"go install ":             "the program is there already",
	"go test work":            "it runs this test",
	"--goroutine 10 ":         "the trace of the page is not the reader's",
	"xxd ":                    "the trace of the page is not the reader's",
	"go mod ":                 "it is for the reader's own module",
	"go test ./labs/...":      "it runs the tests of the labs",
	"go tool trace trace.out": "it opens a browser",
}

// before is what a page takes as done.
var before = map[string]string{
	"why.md":  `for i in $(seq 40); do curl -s localhost:8080/visit >/dev/null; done`,
	"api.md":  `for i in $(seq 40); do curl -s localhost:8080/visit >/dev/null; done; curl -s localhost:8080/visit -H 'Fault: writer=lock-contention;ms=80' -H 'b3: d'`,
	"exec.md": `for i in $(seq 40); do curl -s localhost:8080/visit >/dev/null; done`,
}

// took checks a time in seconds.
func took(least, most float64) func(printed string) error {
	return func(printed string) error {
		s, err := strconv.ParseFloat(regexp.MustCompile(`\d+\.\d+`).FindString(printed), 64)
		if err != nil || s < least || s > most {
			return fmt.Errorf("%g s, %v: want %g to %g", s, err, least, most)
		}
		return nil
	}
}

// shows are figures that a page speaks of, by a part of the command.
var shows = map[string]func(printed string) error{
	`delay/0.5" -w`:             took(1, 2.4),
	`delay/0.5&mode=serial" -w`: took(1.5, 5),
	`"connection"`: func(printed string) error {
		if strings.Count(printed, "reused") != 10 {
			return fmt.Errorf("want ten connections that were used before")
		}
		return nil
	},
	`queue_ms`: func(printed string) error {
		waited := 0
		for _, m := range regexp.MustCompile(`\d+`).FindAllString(printed, -1) {
			if ms, _ := strconv.Atoi(m); ms > 500 {
				waited++
			}
		}
		if waited != 2 {
			return fmt.Errorf("%d messages waited for another's second, want 2", waited)
		}
		return nil
	},
}

func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes minutes")
	}
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "labs/*.md"} {
		found, err := filepath.Glob("../../" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	t.Parallel()
	commands := 0
	skips := map[string]int{}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		all := steps(string(text))
		commands += len(all)
		for _, s := range all {
			skips[skipped(s.command)]++
		}
		if len(all) > 0 {
			t.Run(strings.TrimPrefix(page, "../../"), func(t *testing.T) {
				t.Parallel()
				read(t, filepath.Base(page), all)
			})
		}
	}
	for part := range notRun {
		if skips[part] == 0 {
			t.Errorf("no page has %q any more", part)
		}
	}
	if commands < 60 {
		t.Errorf("only %d commands are on the pages", commands)
	}
}

// read follows the steps of a page, one after the other.
func read(t *testing.T, page string, all []step) {
	r := newReader(t)
	if command := before[page]; command != "" {
		r.follow(step{command: command})
	}
	for _, s := range all {
		if part := skipped(s.command); part != "" {
			t.Logf("not run: %s: %s", s.command, notRun[part])
			continue
		}
		if s.prints != "" && strings.HasPrefix(s.command, "tracelab load") {
			s.command = "TRACELAB_DURATION=10s " + s.command // the page shows what the default prints
		}
		printed, status := r.follow(s)
		if status != 0 {
			t.Errorf("%s\nexit status %d, and it prints\n%s", s.command, status, printed)
			continue
		}
		if strings.Contains(s.command, "mystery start") { // the length of an address decides where its lines are folded
			printed, s.prints = labels(printed), labels(s.prints)
		}
		if s.prints != "" && !fits(printed, s.prints) {
			t.Errorf("%s\nprints\n%s\nand the page says\n%s\nin shape\n%s\n%s", s.command, printed, s.prints, shape(printed), shape(s.prints))
		}
		if s.prints == "" && refused.MatchString(printed) {
			t.Errorf("%s\nprints\n%s", s.command, printed)
		}
		for part, check := range shows {
			if strings.Contains(s.command, part) {
				if err := check(printed); err != nil {
					t.Errorf("%s\nprints\n%s\n%v", s.command, printed, err)
				}
			}
		}
	}
}

// labels are the first words of lines that are not indented further.
func labels(text string) string {
	return strings.Join(regexp.MustCompile(`(?m)^ {0,2}\w+`).FindAllString(text, -1), "\n")
}

// refused is the answer of a server that was asked for what it has not.
var refused = regexp.MustCompile(`"title"|(?m)^[45]\d\d [A-Z]`)

// skipped is the part of a command for which it is not run, or empty.
func skipped(command string) string {
	for part := range notRun {
		if strings.Contains(command, part) {
			return part
		}
	}
	return ""
}
