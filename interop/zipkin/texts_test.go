package zipkin

import (
	"net/http"
	"strings"
)

// valued posts a span with this for the text of a tag.
func valued(name, text string) check {
	c := tagged(`{"a":"` + text + `"}`)
	c.name = name
	return c
}

// lowered posts a span with this for its name, which becomes lower case.
func lowered(text string) check { return field(`"name":"` + text + `"`) }

// texts are strings: their escapes, their bytes, and lower case as Java has it.
var texts = family{"texts", append(each(
	valued("quote", `\"`),
	valued("backslash", `\\`),
	valued("slash", `\/ /`),
	valued("short escapes", `\b\f\n\r\t`),
	valued("apostrophe escaped", `\'`),
	valued("newline escaped", "\\\n"),
	valued("return escaped", "\\\r"),
	valued("a escaped", `\a`),
	valued("x escaped", `\x41`),
	valued("v escaped", `\v`),
	valued("0 escaped", `\0`),
	valued("unicode", `\u0041\u00e9\u20ac`),
	valued("unicode in upper case", `\u00E9\u20AC`),
	valued("unicode of U", `\U0041`),
	valued("unicode cut short", `\u004`),
	valued("unicode that is not hex", `\u00g1`),
	valued("unicode with a sign", `\u+041`),
	valued("pair", `\ud83d\ude00`),
	valued("high half alone", `\ud83d`),
	valued("low half alone", `\ude00`),
	valued("pair the wrong way round", `\ude00\ud83d`),
	valued("high half before text", `\ud83dx`),
	valued("high half before an escape", `\ud83d\n`),
	valued("NUL", `\u0000`),
	valued("control characters escaped", `\u0001\u001f\u007f\u0080\u009f`),
	valued("control characters raw", "\x01\x1f\x7f\u0080\u009f"),
	valued("tab and newline raw", "\t\n\r"),
	valued("NUL raw", "\x00"),
	valued("line separators", `\u2028 \u2029`),
	valued("html", `</script><a href='x'>&amp;`),
	valued("Latin", "é ß ñ"),
	valued("Chinese", "个人信息服务"),
	valued("emoji", "😀👍🏽"),
	valued("non-characters", "\ufffe \uffff \ufffd"),
	valued("beyond the BMP", "\U0010ffff \U00010000"),
	valued("byte order mark", "\ufeff"),
	valued("combining", "e\u0301"),
	valued("invalid: a lone byte", "a\xffb"),
	valued("invalid: a lone continuation", "a\x80b"),
	valued("invalid: three continuations", "a\x80\x80\x80b"),
	valued("invalid: a start alone", "a\xc3b"),
	valued("invalid: a start at the end", "a\xe2\x82"),
	valued("invalid: three of four", "a\xf0\x9f\x98b"),
	valued("invalid: overlong slash", "a\xc0\xafb"),
	valued("invalid: overlong of three", "a\xe0\x80\xafb"),
	valued("invalid: an encoded surrogate", "a\xed\xa0\x80b"),
	valued("invalid: an encoded pair", "\xed\xa0\xbd\xed\xb8\x80"),
	valued("invalid: too large", "a\xf4\x90\x80\x80b"),
	valued("invalid: five bytes", "a\xf8\x88\x80\x80\x80b"),
	valued("invalid: Latin-1", "caf\xe9"),
	valued("a kilobyte", strings.Repeat("a", 1024)),
	valued("a megabyte", strings.Repeat("b", 1<<20)),
	valued("unterminated", `a`+"\\"),

	lowered("GET /Users"),
	lowered("ÀÉÎÕÜ ÆØÅ"),
	lowered("ΑΒΓ"),
	lowered("ΣΑΣ ΣΣ Σ"),
	lowered("ΌΣΟΣ."),
	lowered("ΟΔΟΣ'Σ"),
	lowered("АБВ ЂЉЊ"),
	lowered("İ"),
	lowered("Iı"),
	lowered("ß ẞ"),
	lowered("Ǆ ǅ ǆ"),
	lowered("K Å Ω"),
	lowered("Ⅷ Ⓐ"),
	lowered("ＡＢＣ"),
	lowered("𐐀𐐁"),
	lowered("Ⴀ Ა Ꭰ Ꭺ"),
	lowered("Ɐ Ɽ Ꞌ Ʞ"),
	lowered("个人"),
	lowered("A\u0301"),
	lowered(`\u0041\u0130`),
	lowered(`X\ud83dY`),
	lowered("X\xffY"),
),
	unread("two high halves", `\ud83d\ud83d\ude00`, `?😀`),
	unread("line separators raw", "\u2028 \u2029 \u2027 \u202a", "\\u2028 \\u2029 \u2027 \u202a"),
)}

// unread is a value that Zipkin ends its JSON with NULs for, so that nothing can
// read it.
func unread(name, value, read string) scene {
	return scene{name: name, checks: []check{
		{name: "stored", send: post(`[{"traceId":"$t0001","id":"1","tags":{"a":"` + value + `"}}]`)},
		{send: get("/api/v2/trace/$t0001"), status: http.StatusOK, settles: true, differs: nulBytes.lists(`[{"traceId":"$t0001","id":"0000000000000001","tags":{"a":"` + read + `"}}]`)},
	}}
}
