package load

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/testbed"
)

type table []row

func (all table) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "tool\tasked/s\treached/s\tp50\tp99\tCPU µs/request\tof one processor\t")
	for _, r := range all {
		asked, reached, cpu, share := "as it can", "", "", ""
		if r.asked > 0 {
			asked = fmt.Sprint(r.asked)
		}
		if r.reached > 0 {
			reached = fmt.Sprintf("%.1f", r.reached)
			cpu = fmt.Sprint(r.cpu.Microseconds())
			share = fmt.Sprintf("%.1f %%", r.cpu.Seconds()*r.reached*100)
		} else {
			asked = ""
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", r.tool, asked, reached, r.p50.Round(100*time.Microsecond), r.p99.Round(100*time.Microsecond), cpu, share)
	}
	w.Flush()
	if testbed.Race {
		b.WriteString("The race detector is on: what ours takes of the processor says nothing.\n")
	}
	return b.String()
}
