package metrics

import (
	"os"
	"strconv"
	"strings"
	"time"
)

var started = time.Now()

// system adds what Linux says of this process in /proc, by the names that all
// of Prometheus's libraries have in common. Elsewhere there is only its start.
func (p *Page) system() {
	p.Gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", float64(started.UnixMilli())/1e3)
	p.stat()
	if all, err := os.ReadDir("/proc/self/fd"); err == nil {
		p.Gauge("process_open_fds", "Open file descriptors.", float64(len(all)))
	}
	if most, err := maxFiles(); err == nil {
		p.Gauge("process_max_fds", "How many file descriptors may be open.", most)
	}
}

// stat adds what is in /proc/self/stat, where times are in hundredths of a
// second whatever the kernel's clock is.
func (p *Page) stat() {
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return
	}
	// The name of the program comes second, in parentheses, and may have any others.
	fields := strings.Fields(string(text[strings.LastIndex(string(text), ")")+1:]))
	of := func(field int) float64 { // as proc(5) numbers them
		n, _ := strconv.ParseFloat(fields[field-3], 64)
		return n
	}
	const utime, stime, vsize, rss = 14, 15, 23, 24
	if len(fields) <= rss-3 {
		return
	}
	p.Counter("process_cpu_seconds_total", "CPU time that the process used, in user and in system mode.", (of(utime)+of(stime))/100)
	p.Gauge("process_virtual_memory_bytes", "Size of the process's virtual memory.", of(vsize))
	p.Gauge("process_resident_memory_bytes", "Memory of the process that is resident.", of(rss)*float64(os.Getpagesize()))
}

func maxFiles() (float64, error) {
	text, err := os.ReadFile("/proc/self/limits")
	if err != nil {
		return 0, err
	}
	_, line, _ := strings.Cut(string(text), "Max open files")
	soft, _, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
	if soft == "unlimited" {
		soft = "+Inf"
	}
	return strconv.ParseFloat(soft, 64)
}
