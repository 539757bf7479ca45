package workshop

import (
	"net/http"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
)

// boardPage is /mystery?board=1: how far everybody is, in letters that a room can read. It
// does not say what a mystery is before that is over.
type boardPage struct {
	shell.Page
	Rows   []boardRow
	Counts string // how many there are in each state
	Wrong  string // why it cannot be shown
	Token  bool   // it takes the token to see it
	Live   bool   // it is refreshed; what a form has shown is not: the token is not kept
}

// boardRow is an attendee.
type boardRow struct {
	labapi.RoomMystery
	State string // in the page's language
	now   time.Time
}

// Ago is when it began.
func (b boardRow) Ago() string { return draw.Ago(b.now, b.Since) }

// Who is whose it is.
func (b boardRow) Who() string { return display.Cut(b.Attendee, labapi.MaxName) }

// Was is what it was, once it is over.
func (b boardRow) Was() string {
	if b.Ended.IsZero() {
		return ""
	}
	what, _, _ := strings.Cut(b.Asked, ";")
	return what
}

// board shows the board, to who sends the token by a form, too.
func (p *Pages) board(w http.ResponseWriter, r *http.Request) {
	bp := p.boardPage(r)
	status := http.StatusOK
	if bp.Wrong != "" && r.Method == http.MethodPost {
		status = http.StatusForbidden
	}
	p.shell.Show(w, r, status, "board", bp)
}

// boardLive is the table alone.
func (p *Pages) boardLive(w http.ResponseWriter, r *http.Request) {
	p.shell.Fragment(w, r, http.StatusOK, "board", "live", p.boardPage(r))
}

func (p *Pages) boardPage(r *http.Request) boardPage {
	bp := boardPage{Page: p.shell.Page(r, "", "refresh.js"), Live: r.Method == http.MethodGet}
	bp.Title, bp.Styles = bp.T("Mysteries of the room"), []string{"workshop.css"}
	var room labapi.Room
	if err := p.ask(r, http.MethodGet, labapi.RoomPath, nil, &room); err != nil {
		bp.Wrong, bp.Token = err.Error(), statusOf(err) == http.StatusForbidden
		return bp
	}
	counts := map[string]int{}
	for _, m := range room.Mysteries {
		row := boardRow{RoomMystery: m, State: bp.state(m), now: time.Now()}
		counts[row.State]++
		bp.Rows = append(bp.Rows, row)
	}
	var parts []string
	for _, state := range []string{bp.T("waiting"), bp.T("open"), bp.T("solved"), bp.T("guessed"), bp.T("gave up")} {
		if counts[state] > 0 {
			parts = append(parts, bp.T("%d %s", counts[state], state))
		}
	}
	bp.Counts = strings.Join(parts, " · ")
	return bp
}

// state is how far an attendee is.
func (p boardPage) state(m labapi.RoomMystery) string {
	switch {
	case m.Ended.IsZero() && !m.Taken:
		return p.T("waiting")
	case m.Ended.IsZero():
		return p.T("open")
	case m.Guessed:
		return p.T("guessed")
	case m.Solved:
		return p.T("solved")
	}
	return p.T("gave up")
}
