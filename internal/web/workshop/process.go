package workshop

import (
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
)

// process is one, with what it says of itself.
type process struct {
	control.Process
	labapi.ProcessStatus
	Page shell.Page
	now  time.Time
}

// Health is the state of the process in a word.
func (p process) Health() string {
	if p.Problem == "" {
		return p.Page.T("ready")
	}
	return p.Page.T("not ready")
}

// Name tells processes of one service apart.
func (p process) Name() string {
	return display.Cut(p.Service, 24) + " " + display.Cut(p.Process.Instance, 12)
}

// Uptime is how long it has run.
func (p process) Uptime() string { return uptime(p.now, p.StartedAt) }

func uptime(now, began time.Time) string {
	return display.Duration(max(0, now.Sub(began)).Truncate(time.Second))
}

// Memory is what is resident.
func (p process) Memory() string { return memory(p.ResidentBytes) }

// Of has the version of the program, as short as it can be read.
func (p process) Of() string { return display.Cut(p.Version, 40) }

// Lost is how many spans were dropped, with the reasons.
func (p process) Lost() string { return reasons(p.Spans.Dropped) }

// LostSnapshots is likewise for snapshots.
func (p process) LostSnapshots() string { return reasons(p.Recorder.Dropped) }

// Window is how much the recorder keeps.
func (p process) Window() string {
	return p.Page.T("%s, at most %s", display.Duration(time.Duration(p.Recorder.WindowSeconds*float64(time.Second))), memory(p.Recorder.MaxBytes))
}

// LastSnapshot is the newest one, in words.
func (p process) LastSnapshot() string {
	last := p.Recorder.Last
	if last == nil {
		return p.Page.T("none yet")
	}
	return p.Page.T("%s in %s, %s", display.Micros(last.HeldUS), memory(last.Bytes), draw.Ago(p.now, last.TakenAt))
}

// Color is its class for the colour of its service.
func (p process) Color() string { return draw.Class(draw.Preferred(p.Service)) }
