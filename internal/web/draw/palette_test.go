package draw

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestServicesOfAPageDifferInColour(t *testing.T) {
	var names []string
	for i := range paletteSize {
		names = append(names, fmt.Sprint("service-", i))
	}
	seen := map[int]string{}
	for name, c := range NewPalette(names) {
		if other, ok := seen[c]; ok {
			t.Errorf("%s and %s are both colour %d", name, other, c)
		}
		seen[c] = name
	}
	if got := len(NewPalette(append(names, "one", "two", "many"))); got != paletteSize+3 {
		t.Errorf("%d services have a colour, want %d", got, paletteSize+3)
	}
}

// The workshop's services look the same on every page, in any company of each other.
func TestTheWorkshopsServicesKeepTheirColours(t *testing.T) {
	all := []string{"gateway", "fetcher", "writer", "thirdparty", "redis"}
	together := NewPalette(all)
	for _, name := range all {
		if alone := NewPalette([]string{name}); alone[name] != together[name] {
			t.Errorf("%s is colour %d alone and %d among all", name, alone[name], together[name])
		}
	}
}

// TestContrast holds the style sheet to WCAG AA: 4.5:1 for text, 3:1 for what
// is drawn, in light and in dark.
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("../shell/static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	for scheme, c := range schemes(t, string(css)) {
		for _, ground := range []string{"ground", "raised", "chosen", "marked"} {
			for _, ink := range []string{"text", "quiet", "link", "bad", "warn"} {
				checkContrast(t, scheme, c, ink, ground, 4.5)
			}
		}
		for _, ground := range []string{"ground", "raised", "chosen"} {
			checkContrast(t, scheme, c, "edge", ground, 3)
			for i := range paletteSize {
				checkContrast(t, scheme, c, Class(i), ground, 3)
			}
		}
	}
}

func checkContrast(t *testing.T, scheme string, c map[string]float64, ink, ground string, least float64) {
	t.Helper()
	a, b := c[ink], c[ground]
	if a == 0 && b == 0 {
		t.Fatalf("%s: no colour %s or %s", scheme, ink, ground)
	}
	if ratio := (max(a, b) + .05) / (min(a, b) + .05); ratio < least {
		t.Errorf("%s: %s on %s is %.2f:1, want %v:1", scheme, ink, ground, ratio, least)
	}
}

// schemes reads the luminance of each colour of the first two blocks.
func schemes(t *testing.T, css string) map[string]map[string]float64 {
	t.Helper()
	light, rest, ok := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	dark, _, ok2 := strings.Cut(rest, "\n}\n")
	if !ok || !ok2 {
		t.Fatal("the style sheet does not begin with a light and a dark scheme")
	}
	return map[string]map[string]float64{"light": luminances(light), "dark": luminances(dark)}
}

var hexColour = regexp.MustCompile(`--(\w+): #([0-9a-f]{6});`)

func luminances(css string) map[string]float64 {
	all := map[string]float64{}
	for _, m := range hexColour.FindAllStringSubmatch(css, -1) {
		rgb, _ := strconv.ParseUint(m[2], 16, 32)
		all[m[1]] = .2126*linear(rgb>>16&255) + .7152*linear(rgb>>8&255) + .0722*linear(rgb&255)
	}
	return all
}

func linear(channel uint64) float64 {
	c := float64(channel) / 255
	if c <= .04045 {
		return c / 12.92
	}
	return math.Pow((c+.055)/1.055, 2.4)
}
