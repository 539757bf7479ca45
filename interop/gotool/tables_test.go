package gotool

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/testbed/workload"
)

// TestTablesAreTheTools compares, of each kind of program, the figures of every
// goroutine, task and region with those that the tool's pages show.
func TestTablesAreTheTools(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			r := record(t, kind, 2)
			x, err := exectrace.Read(r.File)
			if err != nil {
				t.Fatal(err)
			}
			tool := serve(t, r.path)
			compareGoroutines(t, x, tool, overlooked(t, r.File))
			compareTasks(t, x, tool)
			compareRegions(t, x, tool)
		})
	}
}

// compareGoroutines compares the groups, and then each goroutine of a group.
func compareGoroutines(t *testing.T, x *exectrace.Trace, tool pages, overlooked map[exectrace.GoID]time.Duration) {
	t.Helper()
	want := map[string]string{}
	for _, row := range tableRows(tool.get("goroutines", nil)) {
		if len(row) == 3 {
			want[row[0]] = row[1] + " for " + row[2]
		}
	}
	ours := groups.Goroutines(x)
	if len(ours) != len(want) || len(ours) == 0 {
		t.Errorf("%d groups of goroutines; the tool has %d", len(ours), len(want))
	}
	compared := 0
	for _, g := range ours {
		name := cmp.Or(g.Name, "(Inactive, no stack trace sampled)")
		if got := fmt.Sprintf("%d for %s", g.Count, g.Stats.Running); got != want[name] {
			t.Errorf("%s: %s; the tool says %s", name, got, want[name])
		}
		compared += compareStats(t, x, g.Name, tool.get("goroutine", url.Values{"name": {g.Name}}), overlooked)
	}
	t.Logf("%d groups, %d goroutines", len(ours), compared)
}

// compareStats compares each column of the breakdown of a group.
func compareStats(t *testing.T, x *exectrace.Trace, name string, page []byte, overlooked map[exectrace.GoID]time.Duration) (compared int) {
	t.Helper()
	breakdown, _, _ := strings.Cut(string(page), `id="ranges"`)
	columns := statColumns(breakdown)
	for _, row := range tableRows([]byte(breakdown)) {
		if len(row) != len(columns)+3 {
			continue
		}
		id, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			t.Fatalf("%q is no goroutine", row)
		}
		g, ok := x.Goroutine(exectrace.GoID(id))
		if !ok || g.Name != name {
			t.Errorf("goroutine %d of the tool's %q is our %+v", id, name, g)
			continue
		}
		c := calls(x, g)
		c.overlooked = overlooked[g.ID]
		compareRow(t, fmt.Sprintf("goroutine %d, %s", id, name), stats.Of(x, g), c, row[1], columns, row[3:])
		compared++
	}
	return compared
}

func compareRow(t *testing.T, what string, s stats.Stats, c call, total string, columns, row []string) {
	t.Helper()
	unfinished := c.unfinished
	ours := map[string]time.Duration{
		"Execution time": s.Running, "Sched wait time": s.Runnable + unfinished, "Syscall execution time": s.Syscall + unfinished + c.overlooked,
		"Block time (syscall)": s.SyscallBlocked - unfinished - c.overlooked, "Unknown time": s.Unknown,
	}
	for reason, d := range s.Waiting {
		ours["Block time ("+reason+")"] += d
	}
	if s.Total.String() != total {
		t.Errorf("%s: total %s; the tool says %s", what, s.Total, total)
	}
	if in, blocked := slices.Index(columns, "Syscall execution time"), slices.Index(columns, "Block time (syscall)"); c.older && in >= 0 && blocked >= 0 {
		a, _ := time.ParseDuration(row[in])
		b, _ := time.ParseDuration(row[blocked])
		if got := s.Syscall + s.SyscallBlocked; (got - a - b).Abs() > time.Microsecond {
			t.Errorf("%s: %s in system calls; the tool says %s and %s", what, got, a, b)
		}
		columns = slices.Clone(columns)
		columns[in], columns[blocked] = "", ""
		delete(ours, "Syscall execution time")
		delete(ours, "Block time (syscall)")
	}
	for i, column := range columns {
		if column == "" {
			continue
		}
		if column == "Unknown time" && unfinished > 0 {
			delete(ours, column) // what is counted twice makes it less
			continue
		}
		if got := ours[column].String(); got != row[i] {
			t.Errorf("%s: %s %s; the tool says %s", what, column, got, row[i])
		}
		delete(ours, column)
	}
	for column, d := range ours {
		if d != 0 {
			t.Errorf("%s: %s %s, of which the tool says nothing", what, column, d)
		}
	}
}

func compareTasks(t *testing.T, x *exectrace.Trace, tool pages) {
	t.Helper()
	ours := map[string]string{}
	for _, g := range groups.Tasks(x) {
		ours[g.Name] = fmt.Sprintf("%d, of which %d are complete", g.Count, len(g.Lasted))
	}
	want := map[string]string{}
	for name, count := range groupCounts(tool.get("usertasks", nil), `<td>([^<]*)</td>\s*<td><a href="/usertask\?[^"]*">(\d+)</a></td>`) {
		if name == "" { // the background task, and those that are only mentioned
			continue
		}
		want[name] = fmt.Sprintf("%d, of which %d are complete", count, histogramCount(tool, name))
	}
	if !maps.Equal(ours, want) {
		t.Errorf("tasks %v; the tool says %v", ours, want)
	}
}

// histogramCount sums up the histogram of a type of tasks, which counts those
// that are complete.
func histogramCount(tool pages, name string) int {
	page := string(tool.get("usertasks", nil))
	_, page, _ = strings.Cut(page, "<td>"+html.EscapeString(name)+"</td>")
	page, _, _ = strings.Cut(page, "</table>")
	sum := 0
	for _, m := range regexp.MustCompile(`<div style="position:relative">(\d+)</div>`).FindAllStringSubmatch(page, -1) {
		n, _ := strconv.Atoi(m[1])
		sum += n
	}
	return sum
}

// compareRegions compares how many there are of each type, and then each region:
// its goroutine, its task, how long it lasted and what of.
func compareRegions(t *testing.T, x *exectrace.Trace, tool pages) {
	t.Helper()
	ours := map[string]int{}
	for _, g := range groups.Regions(x, groups.RegionOptions{AsGoTool: true}) {
		ours[g.Type] += g.Count
	}
	want := map[string]int{}
	for name, count := range groupCounts(tool.get("userregions", nil), `<td><pre>&#34;([^<]*)&#34;<br>.*?</pre></td>\s*<td><a href="[^"]*">(\d+)</a></td>`) {
		if name != "" { // the tool's own: goroutines that were started in a region
			want[name] = count
		}
	}
	if !maps.Equal(ours, want) {
		t.Errorf("regions %v; the tool says %v", ours, want)
	}
	for name := range ours {
		page := string(tool.get("userregion", url.Values{"type": {name}}))
		columns := statColumns(page)
		var theirs, mine []string
		for _, row := range tableRows([]byte(page)) {
			if len(row) == len(columns)+4 {
				theirs = append(theirs, strings.Join(append(row[:3:3], row[4:]...), " "))
			}
		}
		for r := range x.Regions() {
			if r.Type == name {
				mine = append(mine, regionText(x, r, columns))
			}
		}
		slices.Sort(theirs)
		slices.Sort(mine)
		if !slices.Equal(mine, theirs) {
			i := 0
			for i < min(len(mine), len(theirs)) && mine[i] == theirs[i] {
				i++
			}
			t.Errorf("regions %q: %d, the tool has %d; from %d on\n%v\nand not\n%v", name, len(mine), len(theirs), i, mine[i:min(i+3, len(mine))], theirs[i:min(i+3, len(theirs))])
		}
	}
}

func regionText(x *exectrace.Trace, r exectrace.Region, columns []string) string {
	g, _ := x.Goroutine(r.Goroutine)
	s := stats.Between(x, g, r.Start, r.End)
	task := ""
	if r.Task != 0 {
		task = fmt.Sprint(r.Task)
	}
	words := []string{fmt.Sprint(r.Goroutine), task, s.Total.String()}
	for _, column := range columns {
		d := s.Waiting[strings.TrimSuffix(strings.TrimPrefix(column, "Block time ("), ")")]
		switch column {
		case "Execution time":
			d = s.Running
		case "Sched wait time":
			d = s.Runnable
		case "Syscall execution time":
			d = s.Syscall
		case "Block time (syscall)":
			d = s.SyscallBlocked
		case "Unknown time":
			d = s.Unknown
		}
		words = append(words, d.String())
	}
	return strings.Join(words, " ")
}

var (
	tableRow   = regexp.MustCompile(`(?s)<tr>(.*?)</tr>`)
	tableCell  = regexp.MustCompile(`(?s)<td[^>]*>(.*?)</td>`)
	tag        = regexp.MustCompile(`(?s)<[^>]*>`)
	statColumn = regexp.MustCompile(`<th class="link"[^>]*style="[^>]*> ([^<]*)</th>`)
)

// tableRows are the texts of the cells of all tables.
func tableRows(page []byte) (rows [][]string) {
	for _, row := range tableRow.FindAllSubmatch(page, -1) {
		var cells []string
		for _, cell := range tableCell.FindAllSubmatch(row[1], -1) {
			cells = append(cells, strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(string(cell[1]), ""))))
		}
		rows = append(rows, cells)
	}
	return rows
}

// statColumns are the names of the columns that break a total down.
func statColumns(page string) (names []string) {
	for _, m := range statColumn.FindAllStringSubmatch(page, -1) {
		names = append(names, html.UnescapeString(m[1]))
	}
	return names
}

func groupCounts(page []byte, pattern string) map[string]int {
	counts := map[string]int{}
	for _, m := range regexp.MustCompile("(?s)"+pattern).FindAllSubmatch(page, -1) {
		n, _ := strconv.Atoi(string(m[2]))
		counts[html.UnescapeString(string(m[1]))] += n
	}
	return counts
}
