package control

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// ShowsToken reports whether a request has the token as its bearer. An empty token
// is shown by none.
func ShowsToken(r *http.Request, token string) bool {
	shown, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token != "" && subtle.ConstantTimeCompare([]byte(shown), []byte(token)) == 1
}
