package zipkin

var itTraces = family{"ITTraces", func() []scene {
	client := span{high: 7, id: 1, kind: "CLIENT", name: "get", took: 10, local: "web", remote: "app", tags: []string{"http.path=/a"}}
	other := client
	other.trace = 2
	debugged, shared := client, client
	debugged.debug, shared.kind, shared.shared = true, "SERVER", true
	return []scene{
		{name: "getTrace_returnsEmptyOnNotFound", checks: []check{
			missing("0000000000000007$t0001", "0000000000000007$t0001"),
			stores(client),
			read("0000000000000007$t0001", client),
			missing("$t0001", "$t0001"),
		}},
		{name: "getTrace_differentiatesDebugFromShared", given: []string{list(debugged, shared)}, checks: []check{read("0000000000000007$t0001", debugged, shared)}},
		{name: "getTraces_onlyReturnsTracesThatMatch", checks: []check{
			readMany("0000000000000007$t0001,0000000000000007$t0009"),
			stores(client, other),
			readMany("0000000000000007$t0001,0000000000000007$t0009", list(client)),
			readMany("$t0001,$t0009"),
		}},
		{name: "getTraces_differentiatesDebugFromShared", given: []string{list(debugged, shared)}, checks: []check{readMany("0000000000000007$t0001,$t0009", list(debugged, shared))}},
		{name: "getTraces_returnsEmptyOnNotFound", checks: []check{
			readMany("0000000000000007$t0001,0000000000000007$t0002"),
			stores(client, other),
			readMany("0000000000000007$t0001,0000000000000007$t0002", list(client), list(other)),
			readMany("$t0001,$t0002"),
		}},
		{name: "getTrace_deduplicates", given: []string{list(client), list(client, other)}, checks: []check{read("0000000000000007$t0001", client)}},
	}
}()}
