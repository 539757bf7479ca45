package httpapi

import (
	"cmp"
	"errors"
	"net/http"

	"example.com/tracelab/internal/jsonerr"
)

// maxBody bounds a body that ReadJSON decodes, in bytes.
const maxBody = 64 << 10

// ReadJSON decodes the body of a request. What is wrong with it is an Invalid
// error, of the member that is wrong or of "body".
func ReadJSON(w http.ResponseWriter, r *http.Request, v any) error {
	err := jsonerr.Read(http.MaxBytesReader(w, r.Body, maxBody), v)
	var wrong *jsonerr.Error
	switch {
	case errors.As(err, &wrong):
		return InvalidField(cmp.Or(wrong.Field, "body"), "the body: %v", wrong)
	case err != nil:
		return InvalidField("body", "the body could not be read: %v", err)
	}
	return nil
}
