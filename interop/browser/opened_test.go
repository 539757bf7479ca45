package browser

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/files"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
)

// opening serves the pages of execution traces that are given to it, up to some bytes.
func opening(t *testing.T, most int64) (root string) {
	t.Helper()
	given := files.New(files.Bounds{File: most, Bytes: 4 * most, Files: 4})
	t.Cleanup(given.Close)
	s := shell.New(shell.Config{Home: shell.Link{Label: "Execution traces", Path: execution.Path}})
	mux := http.NewServeMux()
	s.Routes(mux)
	execution.New(s, execution.Config{Library: executions.New(1<<30, given.Sources), Keeper: given}).Routes(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + execution.Path
}

// dropped is a script that drops files of such bytes onto the page.
func dropped(name string, number int, b []byte) string {
	return `(() => {
		const bytes = Uint8Array.from(atob("` + base64.StdEncoding.EncodeToString(b) + `"), c => c.charCodeAt(0));
		const data = new DataTransfer();
		for (let i = 0; i < ` + string(rune('0'+number)) + `; i++) data.items.add(new File([bytes], "` + name + `"));
		document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
		return "dropped";
	})()`
}

// TestAFileIsOpenedInChromium: chosen, and dropped. What is too large is not sent.
func TestAFileIsOpenedInChromium(t *testing.T) {
	b := recordedTrace(t, "tasks")
	root := opening(t, int64(len(b)))
	path := filepath.Join(t.TempDir(), "<b>chosen.trace")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	p := browse(t, 1280, 860)
	p.do(allowScripts(), chromedp.Navigate(root), chromedp.WaitVisible(chromedp.CSS("#file")))
	p.axe()
	p.narrow()
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}), chromedp.Click(chromedp.CSS("form[action='/exec/file'] button")), chromedp.WaitVisible(chromedp.CSS(".tabs")))
	if title := eval[string](p, "document.title"); !strings.HasPrefix(title, "<b>chosen.trace: ") {
		t.Errorf("the page is %q", title)
	}
	for name, c := range map[string]struct {
		number int
		b      []byte
		shows  string
	}{"large": {1, append(b[:len(b):len(b)], 0), "#large"}, "two": {2, b, "#several"}, "foreign": {1, []byte("no trace"), ".wrong:not([id])"}, "right": {1, b, ".tabs"}} {
		p.do(chromedp.Navigate(root), chromedp.WaitVisible(chromedp.CSS("#file")))
		eval[string](p, dropped(name+".trace", c.number, c.b))
		p.do(chromedp.WaitVisible(chromedp.CSS(c.shows)))
		if c.shows != ".tabs" {
			p.axe()
		}
	}
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the pages load from elsewhere: %v", strangers)
	}
}

// TestAFileIsDroppedInFirefox onto the page: it is opened, unless it is too large.
func TestAFileIsDroppedInFirefox(t *testing.T) {
	b := recordedTrace(t, "tasks")
	root := opening(t, int64(len(b)))
	f := openFirefox(t)
	f.open(root)
	read[string](f, dropped("large.trace", 1, append(b[:len(b):len(b)], 0)))
	f.await(`!document.getElementById("large").hidden`)
	read[string](f, dropped("right.trace", 1, b))
	f.await(`document.title.startsWith("right.trace: ")`)
}
