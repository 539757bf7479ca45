package states

// Chinese has the Chinese of the states.
var Chinese = map[string]string{
	"running":                       "运行中",
	"collecting garbage":            "回收垃圾",
	"in a system call":              "系统调用中",
	"runnable":                      "可运行",
	"waiting for the network":       "等待网络",
	"waiting for another goroutine": "等待另一个 goroutine",
	"sleeping":                      "休眠中",
	"waiting for the collector":     "等待垃圾回收器",
	"waiting":                       "等待中",
	"not known":                     "未知",
	"world stopped":                 "全局暂停",
	"idle":                          "空闲",
}
