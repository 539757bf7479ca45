package waterfall

// Chinese has the Chinese of the labels of these pages.
var Chinese = map[string]string{
	"A parameter of it has no such value. Change it, or leave it out.":                             "其中某个参数没有这个值。请修改或去掉它。",
	"A trace id is 16 or 32 hex digits, such as 463ac35c9f6413ad. Check that it was copied whole.": "跟踪 ID 是 16 或 32 位十六进制数字，例如 463ac35c9f6413ad。请检查是否复制完整。",
	"It may come yet. Leave out root= to see the whole trace.":                                     "它可能稍后到达。去掉 root= 可查看整个跟踪。",
	"No span of this trace yet": "尚无此跟踪的 span",
	"Spans are reported a moment after they end, so they may still arrive. If they do not: the request was not sampled, its spans were lost on the way, or the trace was old and made room for newer ones.": "span 在结束后片刻才上报，可能仍在途中。如果一直没有：该请求未被采样，其 span 在途中丢失，或该跟踪较旧而已被新的替换。",
	"The address cannot be read":   "无法读取此地址",
	"This is not a trace id":       "这不是跟踪 ID",
	"This trace has no span %.40s": "此跟踪没有 span %.40s",
}
