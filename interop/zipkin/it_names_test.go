package zipkin

import (
	"fmt"
	"regexp"
	"strings"
)

// ownServices are the services of one scene among all.
func ownServices() check {
	return check{send: get("/api/v2/services"), loose: func(n names, body string) string {
		return strings.Join(regexp.MustCompile(`"[^"]*`+n.text("$n")+`"`).FindAllString(body, -1), ",")
	}}
}

func (c check) are(want string) check {
	c.want = want
	return c
}

func spanNames(service, want string) check {
	return check{send: get("/api/v2/spans?serviceName=" + service), want: want}
}

func remoteNames(service, want string) check {
	return check{send: get("/api/v2/remoteServices?serviceName=" + service), want: want}
}

var itServiceAndSpanNames = family{"ITServiceAndSpanNames", func() []scene {
	client := span{id: 1, kind: "CLIENT", name: "get", local: "web", remote: "app"}
	var same, spans, remotes []span
	var fiftyOne, fiftyOneRemote []string
	for i := range 51 {
		yak := fmt.Sprintf("yak%02d", i)
		same = append(same, client)
		spans = append(spans, span{id: 1, name: yak, local: "web"})
		remotes = append(remotes, span{id: 1 + i, local: "web", remote: yak})
		fiftyOne, fiftyOneRemote = append(fiftyOne, `"`+yak+`"`), append(fiftyOneRemote, `"`+yak+`$n"`)
	}
	return []scene{
		{name: "getLocalServiceNames_includesLocalServiceName", checks: []check{ownServices(), stores(client), ownServices().are(`"web$n"`)}},
		{name: "getLocalServiceNames_noServiceName", given: []string{list(span{id: 1, remote: "app"})}, checks: []check{ownServices()}},
		{name: "getRemoteServiceNames", checks: []check{remoteNames("web$n", "[]"), stores(client), remoteNames("web$n1", "[]"), remoteNames("web$n", `["app$n"]`)}},
		{name: "getRemoteServiceNames_allReturned", given: []string{list(remotes...)}, checks: []check{remoteNames("web$n", traces(fiftyOneRemote...))}},
		{name: "getRemoteServiceNames_dedupes", given: []string{list(same...)}, checks: []check{remoteNames("web$n", `["app$n"]`)}},
		{name: "getRemoteServiceNames_noRemoteServiceName", given: []string{list(span{id: 1, local: "web"})}, checks: []check{remoteNames("web$n", "[]")}},
		{name: "getRemoteServiceNames_serviceNameGoesLowercase", given: []string{list(client)}, checks: []check{remoteNames("WEB$n", `["app$n"]`)}},
		{name: "getSpanNames_doesNotMapNameToRemoteServiceName", given: []string{list(client)}, checks: []check{spanNames("app$n", "[]")}},
		{name: "getSpanNames", checks: []check{spanNames("web$n", "[]"), stores(client), spanNames("web$n1", "[]"), spanNames("web$n", `["get"]`)}},
		{name: "getSpanNames_allReturned", given: []string{list(spans...)}, checks: []check{spanNames("web$n", traces(fiftyOne...))}},
		{name: "getSpanNames_dedupes", given: []string{list(same...)}, checks: []check{spanNames("web$n", `["get"]`)}},
		{name: "getSpanNames_noSpanName", given: []string{list(span{id: 1, local: "web"})}, checks: []check{spanNames("web$n", "[]")}},
		{name: "getSpanNames_serviceNameGoesLowercase", given: []string{list(client)}, checks: []check{spanNames("WEB$n", `["get"]`)}},
	}
}()}
