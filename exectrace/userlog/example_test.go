package userlog_test

import (
	"fmt"
	"time"

	"example.com/tracelab/exectrace/userlog"
)

// A program that has a span of its own kind logs it into its execution trace, once
// the span's task is there:
//
//	ctx, task := trace.NewTask(ctx, "GET /visit")
//	defer task.End()
//	trace.Log(ctx, userlog.SpanCategory, string(message))
func ExampleSpan() {
	span := userlog.Span{TraceID: [16]byte{15: 0x2a}, ID: [8]byte{7: 0x07}}
	message := span.Append(nil)
	fmt.Println(len(message), "bytes")

	read, ok := userlog.ParseSpan(string(message))
	fmt.Printf("trace %x, span %x: %t\n", read.TraceID, read.ID, ok)
	// Output:
	// 24 bytes
	// trace 0000000000000000000000000000002a, span 0000000000000007: true
}

func ExampleThreads() {
	var message []byte
	message = userlog.Thread{ID: 4711, Ran: 20 * time.Millisecond, Waited: time.Millisecond}.Append(message)
	message = userlog.Thread{ID: 4712, Ran: 3 * time.Second}.Append(message)

	for thread := range userlog.Threads(string(message)) {
		fmt.Println(thread.ID, "ran for", thread.Ran, "and waited for", thread.Waited)
	}
	// Output:
	// 4711 ran for 20ms and waited for 1ms
	// 4712 ran for 3s and waited for 0s
}
