package writer

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/redact"
	"example.com/tracelab/services/writer/internal/plan"
	"example.com/tracelab/services/writer/storeapi"
)

const (
	maxKey   = 8 << 10 // bytes: a URL
	maxValue = 64 << 10
)

// put stores the request's body under the key.
func (w *writer) put(rw http.ResponseWriter, r *http.Request, p *plan.Plan) error {
	key := r.PathValue("key")
	if err := checkKey(key); err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxValue))
	if err != nil {
		return bodyError("value", err)
	}
	if err := w.redisWrite(r.Context(), p, key, string(body)); err != nil {
		return err
	}
	httpapi.WriteJSON(rw, storeapi.Value{Key: key, Value: string(body)})
	return nil
}

// get reads what is stored under the key.
func (w *writer) get(rw http.ResponseWriter, r *http.Request, _ *plan.Plan) error {
	key := r.PathValue("key")
	if err := checkKey(key); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), w.cfg.RedisTimeout)
	defer cancel()
	value, err := w.redis.Get(ctx, key).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return &httpapi.Error{Code: httpapi.NotFound, Field: "key", Detail: "nothing is stored for " + redact.Text(key)} // keys are URLs
	case err != nil:
		return unavailable(err)
	}
	httpapi.WriteJSON(rw, storeapi.Value{Key: key, Value: value})
	return nil
}

func checkKey(key string) error {
	switch {
	case key == "":
		return httpapi.InvalidField("key", "the key is empty")
	case len(key) > maxKey:
		return httpapi.InvalidField("key", "the key is %d bytes long: at most %d are taken", len(key), maxKey)
	case reserved(key):
		return httpapi.InvalidField("key", "keys that begin with %q are the queue's own", storeapi.OwnPrefix)
	}
	return nil
}

func bodyError(field string, err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &httpapi.Error{Code: httpapi.TooLarge, Field: field, Err: err,
			Detail: "the body is too large: at most 64 KiB are taken"}
	}
	return httpapi.InvalidField(field, "the body cannot be read: %v", err)
}
