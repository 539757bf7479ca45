package zipkin

// field posts a span with more fields, and reads it.
func field(fields string) check {
	return spanOf(fields, `"traceId":"$t0001","id":"1","timestamp":$us,`+fields, "$t0001")
}

// undated is field for a span that has no timestamp before these fields.
func undated(fields string) check {
	return spanOf(fields, `"traceId":"$t0001","id":"1",`+fields, "$t0001")
}

var fields = family{"fields", each(
	field(`"kind":"CLIENT"`),
	field(`"kind":"SERVER"`),
	field(`"kind":"PRODUCER"`),
	field(`"kind":"CONSUMER"`),
	field(`"kind":null`),
	field(`"kind":"client"`),
	field(`"kind":"INTERNAL"`),
	field(`"kind":""`),
	field(`"kind":" CLIENT"`),
	field(`"kind":1`),
	field(`"kind":"é\""`),
	gson(field(`"kind":true`)),
	gson(field(`"kind":{}`)),
	field(`"kind":"CLIENT","kind":"SERVER"`),

	field(`"name":"get"`),
	field(`"name":"GET /Users/{ID}"`),
	field(`"name":""`),
	field(`"name":" "`),
	field(`"name":" a "`),
	field(`"name":null`),
	field(`"name":5`),
	field(`"name":5.50`),
	field(`"name":1E5`),
	field(`"name":"a","name":"b"`),
	field(`"name":"a","name":""`),
	field(`"name":"a","name":null`),
	field(`"name":"unknown"`),
	gson(field(`"name":true`)),
	gson(field(`"name":{}`)),
	gson(field(`"name":["a"]`)),

	field(`"debug":true`),
	field(`"debug":false`),
	field(`"debug":null`),
	field(`"debug":TRUE`),
	field(`"debug":true,"debug":false`),
	field(`"debug":false,"debug":true`),
	gson(field(`"debug":"true"`)),
	gson(field(`"debug":1`)),
	gson(field(`"debug":{}`)),
	field(`"debug":yes`),
	field(`"shared":true`),
	field(`"shared":false`),
	field(`"shared":null`),
	gson(field(`"shared":"true"`)),
	gson(field(`"shared":0`)),
	field(`"shared":true,"kind":"SERVER"`),
	field(`"shared":true,"kind":"CLIENT"`),
	field(`"kind":"CLIENT","shared":true`),
	field(`"shared":true,"kind":"PRODUCER"`),
	field(`"shared":true,"kind":"CONSUMER"`),
	field(`"debug":true,"shared":true`),

	field(`"unknown":"a"`),
	field(`"unknown":null`),
	field(`"unknown":{"a":[1,2,{"b":true}],"c":null}`),
	field(`"unknown":-1.5e-7`),
	field(`"unknown":nope`),
	field(`"unknown":01`),
	field(`"":"a"`),
	field(`"Name":"a","NAME":"b"`),
	field(`"name":"a"`),
	field(`"version":"2","flags":1,"annotation":[]`),

	// The order of the fields of an answer is Zipkin's, not the reporter's.
	field(`"tags":{"b":"2","a":"1"},"shared":true,"debug":true,"annotations":[{"value":"x","timestamp":$us}],"remoteEndpoint":{"port":1,"ipv6":"2001:db8::1","ipv4":"1.2.3.4","serviceName":"r$n"},`+
		`"localEndpoint":{"port":2,"ipv4":"5.6.7.8","serviceName":"l$n"},"duration":5,"name":"n","kind":"SERVER","parentId":"7"`),
)}
