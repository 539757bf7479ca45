package shell

// Chinese has the Chinese of the labels that all pages share.
var Chinese = map[string]string{
	"Execution traces are shown on the server's own machine, or with its token": "执行追踪在服务器所在的机器上显示，或凭其令牌显示",
	"That is not the token.": "令牌不对。",
	"They have names of functions and files, and what goroutines of all requests did. tracelab why explains a request from anywhere.": "其中有函数和文件的名称，以及所有请求的 goroutine 的活动。在任何地方都可以用 tracelab why 解释一个请求。",
	"Skip to content":                    "跳到正文",
	"Pages":                              "页面",
	"Traces from %s":                     "链路来源：%s",
	"Open a trace":                       "打开链路",
	"Trace id":                           "链路 ID",
	"id or traceresponse":                "ID 或 traceresponse",
	"Open":                               "打开",
	"A trace id is 16 or 32 hex digits.": "链路 ID 是 16 或 32 位十六进制数字。",
	"Copy":                               "复制",
	"Copied":                             "已复制",
	"Press Ctrl+C":                       "请按 Ctrl+C",
	"Looking again in %d s.":             "%d 秒后再次查找。",
	"Reload":                             "重新加载",
	"All traces":                         "全部链路",
	"The traces cannot be read":          "无法读取链路",
	"Looked for a minute without finding it. Reload to look again.":                                                       "查找了一分钟仍未找到。请重新加载后再找。",
	"They come from %s, which did not answer as it should. Check that it runs and can be reached from here, then reload.": "链路来自 %s，但它没有正常响应。请确认它正在运行且可以访问，然后重新加载。",
	"This page has a fault":               "此页面出错",
	"The server's log has what happened.": "详情见服务器日志。",
}
