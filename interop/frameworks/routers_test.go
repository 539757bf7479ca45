package frameworks

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	echo4 "github.com/labstack/echo/v4"
	middleware4 "github.com/labstack/echo/v4/middleware"
	"github.com/labstack/echo/v5"
	middleware5 "github.com/labstack/echo/v5/middleware"
)

// TestGin: its writer takes http.CloseNotifier, http.Flusher and http.Hijacker for
// granted.
func TestGin(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	serve := func(use ...gin.HandlerFunc) func(*world) http.Handler {
		return func(w *world) http.Handler {
			e := gin.New()
			e.Use(gin.CustomRecoveryWithWriter(io.Discard, func(c *gin.Context, _ any) { c.AbortWithStatus(500) }))
			e.Use(use...)
			e.GET("/users/:id", func(c *gin.Context) { c.JSON(200, gin.H{"id": c.Param("id")}) })
			e.GET("/file", func(c *gin.Context) { c.File("routers_test.go") })
			e.GET("/panic", func(*gin.Context) { panic("x") })
			e.GET("/stream", func(c *gin.Context) {
				left := c.Stream(func(io.Writer) bool { c.SSEvent("tick", "x"); return true })
				w.ended <- fmt.Sprint("left: ", left)
			})
			return w.handler(e)
		}
	}
	named := func(c *gin.Context) { c.Request.Pattern = c.FullPath() }
	run(t, map[string]test{
		"a route":         {serve(), get("/users/1"), []string{"CLIENT GET 200", "SERVER GET 200"}},
		"a route's name":  {serve(named), get("/users/1"), []string{"CLIENT GET 200", "SERVER GET /users/:id 200"}},
		"nothing there":   {serve(named), get("/elsewhere"), []string{"CLIENT GET 404", "SERVER GET 404"}},
		"a file":          {serve(), get("/file", "Range", "bytes=10-600"), []string{"CLIENT GET 206", "SERVER GET 206"}},
		"a panic":         {serve(), get("/panic"), []string{"CLIENT GET 500 INTERNAL", "SERVER GET 500 INTERNAL"}},
		"a stream's end":  {serve(named), leave("/stream"), []string{"CLIENT GET 200", "SERVER GET /stream 200 CANCELLED"}},
		"without closing": {func(w *world) http.Handler { return withoutCloseNotify(serve()(w)) }, get("/users/1"), []string{"CLIENT GET 200", "SERVER GET 200"}},
	})
}

// withoutCloseNotify hides it, as HTTP middlewares do.
func withoutCloseNotify(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(struct {
			http.ResponseWriter
			http.Flusher
		}{w, w.(http.Flusher)}, r)
	})
}

// TestChi: its middlewares wrap the writer, inside of Handler and outside. Where one
// inside replaces the request, the route is not seen.
func TestChi(t *testing.T) {
	inside := func(w *world) http.Handler { return w.handler(routes(w)) }
	outside := func(w *world) http.Handler { return routes(w, w.handler) }
	run(t, map[string]test{
		"a route":        {outside, get("/users/1"), []string{"CLIENT GET 200", "SERVER GET /users/{id} 200"}},
		"compressed":     {outside, get("/users/1", "Accept-Encoding", "gzip"), []string{"CLIENT GET 200", "SERVER GET /users/{id} 200"}},
		"a time-out":     {outside, get("/late"), []string{"CLIENT GET 504 DEADLINE_EXCEEDED", "SERVER GET /late 504 DEADLINE_EXCEEDED"}},
		"early hints":    {outside, get("/early"), []string{"CLIENT GET 409", "SERVER GET /early 409"}},
		"a stream's end": {outside, leave("/stream"), []string{"CLIENT GET 200", "SERVER GET /stream 200 CANCELLED"}},
		"a file":         {outside, get("/file/"), []string{"CLIENT GET 200", "SERVER GET /file 200"}},
		"nothing there":  {outside, get("/nowhere"), []string{"CLIENT GET 404", "SERVER GET 404"}},

		"inside of Handler, compressed":     {inside, get("/users/1", "Accept-Encoding", "gzip"), []string{"CLIENT GET 200", "SERVER GET 200"}},
		"inside of Handler, a time-out":     {inside, get("/late"), []string{"CLIENT GET 504 DEADLINE_EXCEEDED", "SERVER GET 504 DEADLINE_EXCEEDED"}},
		"inside of Handler, early hints":    {inside, get("/early"), []string{"CLIENT GET 409", "SERVER GET 409"}},
		"inside of Handler, a stream's end": {inside, leave("/stream"), []string{"CLIENT GET 200", "SERVER GET 200 CANCELLED"}},
		"inside of Handler, a file":         {inside, get("/file/"), []string{"CLIENT GET 200", "SERVER GET 200"}},
	})
}

func routes(w *world, around ...func(http.Handler) http.Handler) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.Compress(5), middleware.NoCache)
	r.Use(around...)
	r.Get("/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, chi.URLParam(r, "id"))
	})
	r.With(middleware.Timeout(time.Nanosecond)).Get("/late", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	r.Get("/stream", until(w))
	r.Get("/early", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		wrapped := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		wrapped.WriteHeader(409)
		wrapped.(http.Flusher).Flush()
	})
	r.Mount("/file", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(middleware.NewWrapResponseWriter(w, r.ProtoMajor), r, "routers_test.go")
	}))
	return r
}

// until writes until the context ends: the writers of these frameworks do not pass on
// that a flush failed.
func until(w *world) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			io.WriteString(rw, "data: x\n\n")
			rw.(http.Flusher).Flush()
		}
		w.ended <- "the context ended"
	}
}

// TestEcho: its writer panics where one cannot flush, in version 4 and 5.
func TestEcho(t *testing.T) {
	four := func(w *world) http.Handler {
		e := echo4.New()
		e.Use(middleware4.Gzip(), middleware4.Recover())
		e.GET("/users/:id", func(c echo4.Context) error { return c.String(200, c.Param("id")) })
		e.GET("/file", func(c echo4.Context) error { return c.File("routers_test.go") })
		e.GET("/late", func(c echo4.Context) error { <-c.Request().Context().Done(); return c.Request().Context().Err() },
			middleware4.ContextTimeout(time.Nanosecond))
		e.GET("/stream", func(c echo4.Context) error { until(w)(c.Response(), c.Request()); return nil })
		return w.handler(e)
	}
	five := func(w *world) http.Handler {
		e := echo.New()
		e.Use(middleware5.Gzip(), middleware5.Recover())
		e.GET("/users/:id", func(c *echo.Context) error { return c.String(200, c.Param("id")) })
		e.GET("/file", func(c *echo.Context) error { return c.File("routers_test.go") })
		e.GET("/stream", func(c *echo.Context) error { until(w)(c.Response(), c.Request()); return nil })
		return w.handler(e)
	}
	run(t, map[string]test{
		"4, a route":        {four, get("/users/1", "Accept-Encoding", "gzip"), []string{"CLIENT GET 200", "SERVER GET 200"}},
		"4, a file":         {four, get("/file"), []string{"CLIENT GET 200", "SERVER GET 200"}},
		"4, a time-out":     {four, get("/late"), []string{"CLIENT GET 503 UNAVAILABLE", "SERVER GET 503 UNAVAILABLE"}},
		"4, a stream's end": {four, leave("/stream"), []string{"CLIENT GET 200", "SERVER GET 200 CANCELLED"}},
		"4, nothing there":  {four, get("/elsewhere"), []string{"CLIENT GET 404", "SERVER GET 404"}},
		"5, a route":        {five, get("/users/1", "Accept-Encoding", "gzip"), []string{"CLIENT GET 200", "SERVER GET /users/:id 200"}},
		"5, a file":         {five, get("/file"), []string{"CLIENT GET 200", "SERVER GET /file 200"}},
		"5, a stream's end": {five, leave("/stream"), []string{"CLIENT GET 200", "SERVER GET /stream 200 CANCELLED"}},
		"5, nothing there":  {five, get("/elsewhere"), []string{"CLIENT GET 404", "SERVER GET 404"}},
	})
}
