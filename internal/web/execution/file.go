package execution

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
)

const (
	// fileWithin is how long a file may take to come.
	fileWithin = 5 * time.Minute
	// beside is how much a form may have beside its file, in bytes.
	beside = 64 << 10
	// readAnyway is how much of a file is read that is too large: a browser that cannot send
	// all shows no answer.
	readAnyway = 4 << 30
)

// openFile is POST /exec/file: it keeps an execution trace and leads to its pages.
func (p *Pages) openFile(w http.ResponseWriter, r *http.Request) {
	conn := http.NewResponseController(w) // where they can be set
	conn.SetReadDeadline(time.Now().Add(fileWithin))
	conn.SetWriteDeadline(time.Now().Add(fileWithin + time.Minute))
	id, err := p.keep(w, r)
	if err == nil {
		http.Redirect(w, r, Path+"/"+id, http.StatusSeeOther)
		return
	}
	status := http.StatusServiceUnavailable
	var wrong *badForm
	var large *executions.TooLarge
	var foreign *executions.Unreadable
	switch {
	case errors.As(err, &wrong):
		status = http.StatusBadRequest
	case errors.As(err, &large):
		status = http.StatusRequestEntityTooLarge
	case errors.As(err, &foreign):
		status = http.StatusUnprocessableEntity
	}
	data := p.listPage(r)
	data.NotKept = display.Text(err.Error(), longestText)
	p.showList(w, r, status, data)
}

// badForm is the error of a request that has no file.
type badForm struct{ err error }

func (b *badForm) Error() string { return b.err.Error() }

const sendOne = "send one as curl -F file=@trace.out does"

// keep keeps the field "file" of a form.
func (p *Pages) keep(w http.ResponseWriter, r *http.Request) (id string, err error) {
	most := p.Keeper.Kept().LargestFile
	all := http.MaxBytesReader(w, r.Body, readAnyway)
	r.Body = all
	defer func() {
		if _, ok := errors.AsType[*executions.TooLarge](err); ok {
			io.Copy(io.Discard, all)
		}
	}()
	if r.ContentLength > most+beside {
		return "", &executions.TooLarge{Most: most}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return "", &badForm{fmt.Errorf("the request is no form with a file (%w): %s", err, sendOne)}
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return "", &badForm{errors.New(`the form has no field "file": ` + sendOne)}
		case err != nil:
			return "", &badForm{fmt.Errorf("the form cannot be read: %w", err)}
		case part.FormName() == "file":
			return p.add(r, part)
		}
	}
}

func (p *Pages) add(r *http.Request, part *multipart.Part) (id string, err error) {
	if part.FileName() == "" {
		return "", &badForm{errors.New("no file was chosen")}
	}
	return p.Keeper.Add(r.Context(), part.FileName(), part)
}
