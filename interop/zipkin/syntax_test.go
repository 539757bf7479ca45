package zipkin

import "strings"

// broken posts a text that is no list of spans.
func broken(text string) check { return check{name: text, send: post(text)} }

func nested(depth int) string {
	return `"unknown":` + strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

func deep(name string, depth int) check {
	c := field(nested(depth))
	c.name = name
	return c
}

// syntax is what is JSON, and what is not.
var syntax = family{"syntax", each(
	gson(broken(`[`)),
	broken(`[1]`),
	broken(`["a"]`),
	broken(`[null]`),
	broken(`[true]`),
	broken(`[[]]`),
	broken(`[[`+good+`]]`),
	broken(`[,]`),
	broken(`[,`+good+`]`),
	broken(`[`+good+`,]`),
	broken(`[`+good+`,,`+good+`]`),
	gson(broken(`[`+good)),
	gson(broken(`[`+good+`,`)),
	broken(`[`+good+good+`]`),
	broken(`[`+good+`;`+good+`]`),
	broken(`[`+good+`}`),
	broken(`[{]`),
	gson(broken(`[{`)),
	gson(broken(`[{"traceId"`)),
	gson(broken(`[{"traceId":`)),
	broken(`[{"traceId":"$t0001`),
	gson(broken(`[{"traceId":"$t0001"`)),
	gson(broken(`[{"traceId":"$t0001",`)),
	gson(broken(`[{"traceId":"$t0001","id":"1"`)),
	broken(`[{"traceId":"$t0001","id":"1",}]`),
	broken(`[{,"traceId":"$t0001","id":"1"}]`),
	broken(`[{"traceId":"$t0001" "id":"1"}]`),
	broken(`[{"traceId":"$t0001";"id":"1"}]`),
	broken(`[{"traceId"="$t0001","id":"1"}]`),
	broken(`[{"traceId"=>"$t0001","id":"1"}]`),
	broken(`[{traceId:"$t0001","id":"1"}]`),
	broken(`[{'traceId':'$t0001','id':'1'}]`),
	broken(`[{"traceId":'$t0001',"id":"1"}]`),
	broken(`[{"traceId":$t0001,"id":"1"}]`),
	broken(`[/**/`+good+`]`),
	broken("[//\n"+good+`]`),
	broken("[#\n"+good+`]`),
	broken(`[{"traceId":"$t0001","id":"1"/* */}]`),
	broken("[\x00]"),
	broken("[\u00a0]"),
	broken("[\ufeff"+good+"]"),
	broken(`[{"traceId":"$t0001","id":"1","name":"a"]`),
	check{name: "[{}]", send: post("[{}]")},
	check{name: "two spans without ids", send: post("[{},{}]")},
	check{name: "a good one and an empty one", send: post("[" + good + ",{}]")},
	check{name: "a bad one and what is malformed", send: post("[{},1]")},
	check{name: "what is malformed and a bad one", send: post("[1,{}]")},
	check{name: "a form feed", send: post("[\f]")},
	deep("nested 10 deep", 10),
	deep("nested 250 deep", 250),
	deep("nested 253 deep", 253),
	gson(deep("nested 254 deep", 254)),
	gson(deep("nested 100000 deep", 100000)),
	check{name: "a thousand spans", send: post("[" + good + strings.Repeat(`,{"traceId":"$t0001","id":"2"}`, 999) + "]"), keeps: "$t0001"},
)}
