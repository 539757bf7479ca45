package zipkin

import (
	"net/http"
	"regexp"
)

// pages is what is beside the API: health, figures, settings, and the pages.
var pages = family{"pages", []scene{
	asked("health",
		ask("/health"),
		ask("/health?a=b"),
		method("POST", "/health"),
		method("PUT", "/health"),
		check{send: get("/health").on("HEAD", "/health"), differs: head},
		ask("/actuator/health"),
		ask("/actuator/health/x"),
		check{send: get("/actuator"), differs: actuator},
		check{send: get("/actuator/env"), differs: actuator},
		check{send: get("/actuator/loggers"), differs: actuator},
	),
	asked("info",
		check{send: get("/info"), loose: whoseVersion, differs: info},
		method("POST", "/info"),
		check{send: get("/actuator/info"), loose: whoseVersion, differs: info},
	),
	asked("config.json",
		ask("/zipkin/config.json"),
		method("POST", "/zipkin/config.json"),
		method("HEAD", "/zipkin/config.json"),
		check{name: "accepting gzip", send: get("/zipkin/config.json").with("Accept-Encoding: gzip")},
		check{name: "from an origin", send: get("/zipkin/config.json").with("Origin: http://a")},
		check{name: "with another tag", send: get("/zipkin/config.json").with(`If-None-Match: "aargh"`)},
		check{name: "with any tag", send: get("/zipkin/config.json").with(`If-None-Match: *`), differs: bare304},
	),
	asked("pages",
		ourPage("/", 200, ""),
		ourPage("/zipkin", 302, "/"),
		ourPage("/zipkin/", 302, "/"),
		ourPage("/zipkin/index.html", 404, ""),
		ourPage("/zipkin/traces/$t0001", 302, "/traces/$t0001"),
		ourPage("/zipkin/dependency", 302, "/dependencies"),
		ourPage("/zipkin/traceViewer", 404, ""),
		ourPage("/favicon.ico", 404, ""),
		ourPage("/zipkin/favicon.ico", 404, ""),
		ask("/zipkin/traces"),
		ask("/zipkin/nosuch"),
		ask("/zipkin/traces/a/b"),
		ask("/zipkin/static/nosuch"),
		ourPage("/", 404, "").on("POST"),
		ourPage("/zipkin/", 404, "").on("POST"),
		ourPage("/zipkin", 404, "").on("PUT"),
	),
}}

// ourPage is a page of Zipkin's UI, in whose place ours stands or nothing does.
func ourPage(target string, status int, location string) check {
	return check{send: get(target), where: true, differs: &difference{"our-pages", func(e exchange) reply {
		r := reply{status: status, header: http.Header{}}
		if location != "" {
			r.header.Set("Location", e.names.text(location))
		}
		return r
	}}}
}

// on is the check with another method.
func (c check) on(method string) check {
	c.send.method = method
	return c
}

var versions = regexp.MustCompile(`"(version|commit)":"([^"]*)"`)

// whoseVersion says of /info whether it is of Zipkin 3.6.1 or of a program of
// another version.
func whoseVersion(_ names, body string) string {
	return versions.ReplaceAllStringFunc(body, func(field string) string {
		if m := versions.FindStringSubmatch(field); m[2] != "3.6.1" && m[2] != "b2b0c98" {
			return `"` + m[1] + `":"another"`
		}
		return field
	})
}

// actuator is what of Spring's own endpoints is not here.
var actuator = &difference{"actuator", func(e exchange) reply { return e.ask(get("/nosuch")) }}
