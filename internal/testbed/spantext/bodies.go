package spantext

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"
)

// Bodies encodes traces of ten spans as six services report them, in JSON v2, ten
// traces to a body: 33 kB each. Their starts are spread over the hour before end.
func Bodies(n int, end time.Time) [][]byte {
	r := rand.New(rand.NewPCG(3, 4))
	services := []string{"gateway", "orders", "stock", "prices", "users", "mail"}
	all := make([][]byte, n)
	for i := range all {
		var b bytes.Buffer
		for trace := range 10 {
			at := end.UnixMicro() - 3_600_000_000 + int64(i*10+trace)*3_600_000_000/int64(10*n)
			id := fmt.Sprintf("%016x%016x", r.Uint64()|1<<63, r.Uint64())
			parent := uint64(0)
			for depth := range 10 {
				span := r.Uint64()
				fmt.Fprintf(&b, `,{"timestamp":%d,"duration":%d,"traceId":"%s","id":"%016x",`, at+int64(depth)*1500, 40_000-depth*3000, id, span)
				if parent != 0 {
					fmt.Fprintf(&b, `"parentId":"%016x",`, parent)
				}
				fmt.Fprintf(&b, `"name":"get /%[1]s","kind":"%[2]s","localEndpoint":{"serviceName":"%[1]s","ipv4":"10.0.0.7"},`,
					services[depth/2], []string{"SERVER", "CLIENT"}[depth%2])
				fmt.Fprintf(&b, `"tags":{"http.method":"GET","http.path":"/%s/%d","http.status_code":"200","instance":"a-7f9c4","region":"eu-1"}}`,
					services[depth/2], r.IntN(1e6))
				parent = span
			}
		}
		b.WriteByte(']')
		all[i] = b.Bytes()
		all[i][0] = '['
	}
	return all
}
