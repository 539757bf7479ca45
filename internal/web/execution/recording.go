package execution

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// recordingPath is the page of a recording, which is named by its id in the query.
const recordingPath = Path + "/recording"

// recordingPage is that page.
type recordingPage struct {
	shell.Page
	recording
}

// recording is one in the words of a page.
type recording struct {
	executions.Recording
	Of, Says, Bad string // Says is how far it is, Bad why there is nothing
	Link          string // to what it has become; empty: nothing
	Page          string // of the recording
}

func newRecording(words shell.Words, of executions.Recording) recording {
	r := recording{Recording: of, Of: display.Text(of.Service+" "+of.Instance, 60), Page: recordingPath + "?id=" + url.QueryEscape(of.ID)}
	switch of.State {
	case executions.Asked:
		r.Says = words.T("the process is asked")
	case executions.InProgress:
		gone := int(time.Since(of.Began) / time.Second)
		r.Says = words.T("recording: %d of %d s, %s", min(gone, of.Seconds), of.Seconds, report.Sized(of.Bytes))
		if gone >= of.Seconds {
			r.Says = words.T("the last of it is sent: %s", report.Sized(of.Bytes))
		}
	case executions.Recorded:
		r.Says, r.Link = words.T("recorded: %s", report.Sized(of.Bytes)), Path+"/"+url.PathEscape(of.Execution)
	case executions.Failed:
		r.Bad = words.T("not recorded")
	case executions.Cancelled:
		r.Says = words.T("cancelled")
	}
	r.Note = display.Text(of.Note, longestText)
	return r
}

// record is POST /exec/record: it has a process record.
func (p *Pages) record(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	process, text := r.PostFormValue("process"), strings.TrimSpace(r.PostFormValue("seconds"))
	seconds, err := strconv.Atoi(text)
	status, why := http.StatusConflict, ""
	switch {
	case err != nil || seconds < 1 || seconds > executions.MostSeconds:
		status, why = http.StatusBadRequest, p.Shell.Words(r).T("%s seconds cannot be recorded: give a whole number from 1 to %d.", strconv.Quote(display.Text(text, 20)), executions.MostSeconds)
	default:
		id, err := p.Recorder.Record(process, seconds)
		if err == nil {
			http.Redirect(w, r, recordingPath+"?id="+url.QueryEscape(id), http.StatusSeeOther)
			return
		}
		why = display.Text(err.Error(), longestText)
	}
	data := p.listPage(r)
	data.NotAsked, data.Chosen, data.Seconds = why, process, display.Text(text, 20)
	p.showList(w, r, status, data)
}

// cancel is POST /exec/cancel: what was under way leads to the list, and what was not to what
// became of it.
func (p *Pages) cancel(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	id := r.PostFormValue("id")
	if p.Recorder.Cancel(id) {
		http.Redirect(w, r, Path, http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, recordingPath+"?id="+url.QueryEscape(id), http.StatusSeeOther)
}

// recording is the page of one: it asks again until it has ended, and then leads to the
// execution trace, unless there is something to say of that.
func (p *Pages) recording(w http.ResponseWriter, r *http.Request) {
	words := p.Shell.Words(r)
	of, ok := p.Recorder.Recording(r.URL.Query().Get("id"))
	if !ok {
		p.Shell.Problem(w, r, http.StatusNotFound, shell.Problem{Heading: words.T("There is no such recording"),
			Text: words.T("Only the last few are remembered. The list has what they recorded.")})
		return
	}
	data := recordingPage{p.Shell.Page(r, "", ""), newRecording(words, of)}
	if of.State == executions.Recorded && of.Note == "" {
		http.Redirect(w, r, data.Link, http.StatusSeeOther)
		return
	}
	if !of.State.Ended() {
		w.Header().Set("Refresh", "1")
	}
	data.Title, data.Styles = data.T("Recording %s", data.Of), styles()
	p.Shell.Show(w, r, http.StatusOK, "exec_recording", data)
}
