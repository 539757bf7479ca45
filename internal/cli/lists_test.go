package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"example.com/tracelab/internal/cli"
)

type listing struct {
	Names  []string `placeholder:"NAME"`
	Sizes  []int
	Header []string `sep:"none"`
	Files  []string `arg:"" optional:""`
}

func (l *listing) Run(out io.Writer) error {
	_, err := fmt.Fprintf(out, "%q %v %q %q", l.Names, l.Sizes, l.Header, l.Files)
	return err
}

// TestLists are read alike from flags and from variables.
func TestLists(t *testing.T) {
	for args, want := range map[string]string{
		"":                                    `[] [] [] []`,
		"--names a":                           `["a"] [] [] []`,
		"--names a,b --names c":               `["a" "b" "c"] [] [] []`,
		`--names a\,b,c`:                      `["a,b" "c"] [] [] []`,
		"--names=·a,·b·":                      `["a" "b"] [] [] []`,
		"--names=":                            `[] [] [] []`,
		"--names=··":                          `[] [] [] []`,
		"--sizes 1,2 a a b,":                  `[] [1 2] [] ["a" "a" "b,"]`,
		"--header a,,b --header a,,b":         `[] [] ["a,,b" "a,,b"] []`,
		"--names a,":                          `--names: "a,": want a value before and after each comma`,
		"--names=,a":                          `--names: ",a": want a value`,
		"--names a,,b":                        `--names: "a,,b": want a value`,
		"--names=a,·,b":                       `--names: "a, ,b": want a value`,
		"--names=,":                           `--names: ",": want a value`,
		"--names a,b,·a":                      `--names: "a" is there twice: want each once`,
		"--names a --names a":                 `--names: "a" is there twice`,
		"--sizes 1,01":                        `--sizes: "1" is there twice`,
		"--sizes 1,":                          `--sizes: "1,": want a value`,
		"--names http://me:pw@h/,":            `--names: "http://h/,": want a value`,
		"TRACELAB_NAMES=a,·b":                 `["a" "b"] [] [] []`,
		"TRACELAB_NAMES=":                     `[] [] [] []`,
		"TRACELAB_NAMES=a, ":                  `--names: "a,": want a value before and after each comma (from envar TRACELAB_NAMES="a,")`,
		"TRACELAB_NAMES=a,a ":                 `--names: "a" is there twice: want each once (from envar`,
		"TRACELAB_NAMES=a --names a":          `["a"] [] [] []`,
		"TRACELAB_SIZES=1,,2 --names a":       `--sizes: "1,,2": want a value`,
		"TRACELAB_NAMES=a,b TRACELAB_SIZES=3": `["a" "b"] [3] [] []`,
	} {
		t.Run(args, func(t *testing.T) {
			var given []string
			for _, arg := range strings.Fields(args) {
				arg = strings.ReplaceAll(arg, "·", " ")
				if name, value, is := strings.Cut(arg, "="); is && strings.HasPrefix(name, "TRACELAB_") {
					t.Setenv(name, value)
				} else {
					given = append(given, arg)
				}
			}
			var out, errs bytes.Buffer
			status := cli.Run("lister", &listing{}, given, &out, &errs)
			said := out.String() + strings.Join(strings.Fields(errs.String()), " ")
			if refused := strings.HasPrefix(want, "--"); !strings.Contains(said, want) || refused != (status == cli.Usage) {
				t.Errorf("exit status %d: %s\nwant %s", status, said, want)
			}
		})
	}
}
