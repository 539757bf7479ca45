package browser

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"example.com/tracelab/internal/testbed"
)

// axe-core judges pages by the rules of WCAG and by what it calls best practice. It comes
// from npm once, and is the same as ever or is not used.
const (
	axePackage   = "axe-core@4.14.1"
	axeIntegrity = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)

// axe holds the open page to axe-core's rules, of which it may break none, in light and in
// dark, at the widths of a desk and of a phone. To have the script in the page, the page
// must have been opened after allowScripts.
func (p *page) axe() {
	p.t.Helper()
	script := axeScript(p.t)
	for _, width := range []int64{1280, 360} {
		p.do(chromedp.EmulateViewport(width, 860))
		for _, scheme := range []string{"light", "dark"} {
			p.do(prefer(scheme))
			eval[bool](p, script+"; true")
			violations := awaited[[]string](p, `axe.run(document, {resultTypes: ["violations"]}).then(r =>
				r.violations.map(v => v.id + " (" + v.impact + "): " + v.nodes.map(n => n.html.slice(0, 200) + " " + n.failureSummary).slice(0, 3).join("; ")))`)
			for _, v := range violations {
				p.t.Errorf("%s, %d pixels wide, %s: %s", eval[string](p, `location.pathname + location.search`), width, scheme, v)
			}
		}
	}
}

// awaited is the value that a promise of the page comes to.
func awaited[T any](p *page, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%.200s: %v", expression, err)
	}
	return v
}

// allowScripts lets the test put scripts into the pages that are opened from now on, which
// their policy forbids.
func allowScripts() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cdpage.SetBypassCSP, cdpage.SetBypassCSPParams{Enabled: true})
		return err
	})
}

var axeOnce sync.Once

// axeScript is axe-core's script, from the user's cache.
func axeScript(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "tracelab-interop", axePackage+"-"+axeIntegrity[:6])
	axeOnce.Do(func() { err = fetchAxe(t, dir) })
	if err != nil {
		testbed.Missing(t, axePackage, err.Error())
	}
	script, err := os.ReadFile(filepath.Join(dir, "package", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// fetchAxe fills dir beside itself and then moves it there: whoever finds it finds it whole.
func fetchAxe(t *testing.T, dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(dir), "axe-unfinished-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(unfinished)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	pack := exec.CommandContext(ctx, "npm", "pack", axePackage)
	pack.Dir = unfinished
	if out, err := pack.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack %s: %w: %s", axePackage, err, out)
	}
	archive, err := filepath.Glob(filepath.Join(unfinished, "*.tgz"))
	if err != nil || len(archive) != 1 {
		return fmt.Errorf("npm pack %s left %q: %v", axePackage, archive, err)
	}
	content, err := os.ReadFile(archive[0])
	if err != nil {
		return err
	}
	if sum := sha512.Sum512(content); base64.StdEncoding.EncodeToString(sum[:]) != axeIntegrity {
		t.Fatalf("%s has the checksum sha512-%s, want sha512-%s", axePackage, base64.StdEncoding.EncodeToString(sum[:]), axeIntegrity)
	}
	if out, err := exec.CommandContext(ctx, "tar", "-xzf", archive[0], "-C", unfinished).CombinedOutput(); err != nil {
		return fmt.Errorf("tar: %w: %s", err, out)
	}
	if err := os.Rename(unfinished, dir); err != nil {
		if _, there := os.Stat(dir); there != nil { // another test run was not faster
			return err
		}
	}
	return nil
}

// TestAxeLooks: a control without a name breaks a rule.
func TestAxeLooks(t *testing.T) {
	p := browse(t, 1280, 860)
	p.do(chromedp.Navigate("data:text/html,<title>a</title><main><h1>a</h1><button></button></main>"))
	eval[bool](p, axeScript(t)+"; true")
	if broken := awaited[[]string](p, `axe.run().then(r => r.violations.map(v => v.id))`); len(broken) == 0 {
		t.Error("axe says nothing of a button without a name")
	}
}
