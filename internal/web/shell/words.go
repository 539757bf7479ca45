package shell

import (
	"fmt"
	"net/http"
	"strings"
)

// Languages of the pages. What the traces themselves hold stays as it is.
const (
	english = "en"
	chinese = "zh"
)

var languages = []string{english, chinese}

// addWords adds translations to the table that all pages share.
func (s *Shell) addWords(words map[string]string) {
	for text, translated := range words {
		if known, ok := s.chinese[text]; ok && known != translated {
			panic(fmt.Sprintf("shell: %q has two translations: %q and %q", text, known, translated))
		}
		s.chinese[text] = translated
	}
}

// Words say texts in the language of a reader.
type Words struct {
	Lang  string // en or zh
	shell *Shell
}

// Words are those of who sent a request.
func (s *Shell) Words(r *http.Request) Words { return Words{languageOf(r), s} }

// T says a text of the table, with arguments as fmt.Sprintf.
func (w Words) T(text string, args ...any) string { return w.shell.say(w.Lang, text, args...) }

// say is a text in a language, with arguments as fmt.Sprintf.
func (s *Shell) say(lang, text string, args ...any) string {
	if translated, ok := s.chinese[text]; ok && lang == chinese {
		text = translated
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// languageCookie remembers the language that a reader chose.
const languageCookie = "lang"

// languageOf is the language of the answer: what the reader chose, or else what the
// browser prefers of the languages that there are.
func languageOf(r *http.Request) string {
	if c, err := r.Cookie(languageCookie); err == nil && isLanguage(c.Value) {
		return c.Value
	}
	for wanted := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(wanted), ";")
		if lang, _, _ := strings.Cut(strings.ToLower(tag), "-"); isLanguage(lang) {
			return lang
		}
	}
	return english
}

func isLanguage(lang string) bool { return lang == english || lang == chinese }

// otherLanguage is the address of the same page in the other language.
func otherLanguage(r *http.Request) string {
	other := chinese
	if languageOf(r) == chinese {
		other = english
	}
	v := r.URL.Query()
	v.Set(languageCookie, other)
	return r.URL.EscapedPath() + "?" + v.Encode()
}

// chooseLanguage has ?lang= remembered, and the page shown at the address without it.
func chooseLanguage(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Language, Cookie")
		v := r.URL.Query()
		lang := v.Get(languageCookie)
		if !isLanguage(lang) || r.Method != http.MethodGet {
			next.ServeHTTP(w, r)
			return
		}
		v.Del(languageCookie)
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: lang, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		to := r.URL.EscapedPath()
		if len(v) > 0 {
			to += "?" + v.Encode()
		}
		http.Redirect(w, r, "/"+strings.TrimLeft(to, "/"), http.StatusFound)
	})
}
