package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"example.com/tracelab/internal/cli"
)

// TestNoAddressTellsASecret gives URLs that are none, in each way in which an error repeats one.
func TestNoAddressTellsASecret(t *testing.T) {
	for _, address := range []string{"http://ann:'x S3CRET@host", `http://ann:"S3CRET"@host`, "http://host/a b?S3CRET", "S3CRET@host:1", "host:1?key=S3CRET"} {
		for name, args := range map[string][]string{
			"an argument too much": {"say", "loud", "hi", address},
			"a flag":               {"say", "loud", "hi", "--times=" + address},
			"a flag's argument":    {"say", "loud", "hi", "--times", address},
			"a variable":           {"say", "loud", "hi"},
		} {
			if name == "a variable" {
				t.Setenv("TRACELAB_TIMES", address)
			}
			var out, err bytes.Buffer
			status := cli.Run("program", &program{}, args, &out, &err)
			t.Setenv("TRACELAB_TIMES", "1")
			if said := err.String(); status != cli.Usage || strings.Contains(said, "S3CRET") || !strings.Contains(said, "host") {
				t.Errorf("%s %q: exit status %d, %q", name, address, status, said)
			}
		}
	}
}
