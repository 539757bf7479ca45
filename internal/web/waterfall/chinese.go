package waterfall

// Chinese has the Chinese of the labels of these pages.
var Chinese = map[string]string{}
