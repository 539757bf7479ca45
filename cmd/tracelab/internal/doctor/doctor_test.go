package doctor_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/cmd/tracelab/internal/doctor"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/clitest"
)

// TestFindings are printed as the server tells them, and one that is bad is the exit status.
func TestFindings(t *testing.T) {
	for name, test := range map[string]struct {
		answers string // of the server to the doctor
		code    int
		status  int
		says    []string // lines of the output, in their order
		wrong   string
	}{
		"all is well": {answers: `[{"piece":"gateway","ok":true,"detail":"ready"},{"piece":"trace","ok":true,"detail":"7 spans"}]`, code: 200, status: cli.OK,
			says: []string{"ok   server", "ok   gateway", "ready", "ok   trace", "7 spans"}},
		"one is not": {answers: `[{"piece":"gateway","ok":true},{"piece":"writer","detail":"Redis is away"},{"piece":"trace","detail":"none"}]`, code: 200, status: cli.Negative,
			says: []string{"ok   server", "ok   gateway", "FAIL writer", "Redis is away", "FAIL trace"}, wrong: "doctor: 2 of 3 findings are bad"},
		"nothing to find":      {answers: `[]`, code: 200, status: cli.OK, says: []string{"ok   server"}},
		"it cannot":            {answers: `{"detail":"it is ill itself"}`, code: 500, status: cli.Unreachable, says: []string{"ok   server"}, wrong: "it is ill itself"},
		"it says what is none": {answers: `<html>`, code: 200, status: cli.Unreachable, says: []string{"ok   server"}, wrong: "something else than JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc("GET "+labapi.StackPath, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("{}")) })
			mux.HandleFunc("POST "+labapi.DoctorPath, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.code)
				w.Write([]byte(test.answers))
			})
			srv := httptest.NewServer(mux)
			defer srv.Close()
			out, wrong, status := run("--server", srv.URL)
			at := out
			for _, want := range test.says {
				_, rest, found := strings.Cut(at, want)
				if !found {
					t.Errorf("no %q, in its place, in\n%s", want, out)
				}
				at = rest
			}
			if status != test.status || !strings.Contains(wrong, test.wrong) || test.wrong == "" && wrong != "" {
				t.Errorf("exit status %d, %s; want %d, %q", status, wrong, test.status, test.wrong)
			}
		})
	}
}

// TestNoServer is another exit status than a finding, and so is what cannot be one's address.
func TestNoServer(t *testing.T) {
	for address, test := range map[string]struct {
		status int
		says   string
	}{
		"127.0.0.1:1":            {cli.Unreachable, "no tracelab server answers"},
		"ftp://ann:S3CRET@there": {cli.Usage, "ftp"},
		"http://":                {cli.Usage, "--server"},
	} {
		out, wrong, status := run("--server", address)
		if status != test.status || out != "" || !strings.Contains(wrong, test.says) || strings.Contains(wrong, "S3CRET") {
			t.Errorf("%s: exit status %d, %s%s; want %d and %q", address, status, out, wrong, test.status, test.says)
		}
	}
}

func run(args ...string) (out, wrong string, status int) {
	var grammar struct {
		Doctor doctor.Command `cmd:""`
	}
	return clitest.Run(&grammar, append([]string{"doctor"}, args...)...)
}
