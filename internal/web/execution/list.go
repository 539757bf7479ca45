package execution

import (
	"net/http"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// listPage is /exec.
type listPage struct {
	shell.Page
	Entries []entry

	// Records says that processes can be asked, and Processes are those that are there.
	Records    bool
	Processes  []executions.Process
	Seconds    string // that were asked for
	Chosen     string // the process that was
	Most       int    // seconds
	Recordings []recording
	NotAsked   string // why no recording was begun

	Kept    *kept  // nil: no files are taken
	NotKept string // why a file was not
}

// entry is an execution trace that can be opened.
type entry struct {
	executions.Entry
	Called, Link, Bytes, Failed string
}

// kept is what people gave, in words.
type kept struct {
	executions.Kept
	Used, Most, Largest, LetGone string
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	p.showList(w, r, http.StatusOK, p.listPage(r))
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request, status int, data *listPage) {
	p.Shell.Show(w, r, status, "exec_list", data)
}

func (p *Pages) listPage(r *http.Request) *listPage {
	if r.Method == http.MethodPost { // which the links of the page cannot repeat
		r = r.Clone(r.Context())
		r.URL.Path = Path
	}
	data := &listPage{Page: p.Shell.Page(r, "", ""), Most: executions.MostSeconds, Seconds: "5"}
	data.Title, data.Styles = data.T("Execution traces"), styles()
	for _, e := range p.Library.List() {
		one := entry{Entry: e, Called: display.Text(e.Name, 100), Link: Path + "/" + e.ID}
		if e.Size >= 0 {
			one.Bytes = report.Sized(e.Size)
		}
		if e.Err != nil {
			one.Failed = display.Text(e.Err.Error(), longestText)
		}
		data.Entries = append(data.Entries, one)
	}
	if p.Recorder != nil {
		data.Records, data.Processes = true, p.Recorder.Processes()
		for _, of := range p.Recorder.Recordings() {
			data.Recordings = append(data.Recordings, newRecording(data.Words, of))
		}
	}
	if p.Keeper != nil {
		k := p.Keeper.Kept()
		data.Kept = &kept{k, report.Sized(k.Bytes), report.Sized(k.MostBytes), report.Sized(k.LargestFile), report.Sized(k.LetGoBytes)}
		data.Script = "file.js"
	}
	return data
}
