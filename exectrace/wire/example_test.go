package wire_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"runtime/trace"

	"example.com/tracelab/exectrace/internal/recordtest"
	"example.com/tracelab/exectrace/wire"
)

// checkout returns the execution trace of a program of one task.
func checkout() *wire.File {
	f := recordtest.Record(func() {
		_, task := trace.NewTask(context.Background(), "checkout")
		task.End()
	})
	w, err := wire.NewFile(f, f.Size())
	if err != nil {
		log.Fatal(err)
	}
	return w
}

func ExampleFile_Events() {
	for ev, err := range checkout().Events() {
		if err != nil {
			log.Print(err) // a Loss: reading goes on
			continue
		}
		if name, ok := ev.Text("name_string"); ok {
			fmt.Println(ev.Type, name)
		}
	}
	// Output: UserTaskBegin checkout
}

func ExampleMeasure() {
	p, err := wire.Measure(checkout())
	if err != nil {
		log.Fatal(err)
	}
	left := p.Size - 16 // of the header
	for _, g := range p.Generations {
		left -= g.Bytes
	}
	fmt.Println("bytes of no generation:", left)
	// Output: bytes of no generation: 0
}

func ExampleAnonymize() {
	var public bytes.Buffer
	if _, err := wire.Anonymize(&public, checkout()); err != nil {
		log.Fatal(err)
	}
	t, err := wire.NewFile(bytes.NewReader(public.Bytes()), int64(public.Len()))
	if err != nil {
		log.Fatal(err)
	}
	for ev, err := range t.Events() {
		if err != nil {
			log.Fatal(err)
		}
		if name, ok := ev.Text("name_string"); ok {
			fmt.Println(ev.Type, name)
		}
	}
	// Output: UserTaskBegin task1
}
