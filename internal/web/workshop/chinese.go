package workshop

// Chinese has the Chinese of the labels of these pages.
var Chinese = map[string]string{
	"Mystery": "谜题",
}
