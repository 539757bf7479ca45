//go:build cgo && !plain

package main

/*
#include <pthread.h>
#include <unistd.h>
#cgo LDFLAGS: -lpthread

extern void callback(int n);

static void *thread(void *n) {
	for (int i = 0; i < 5; i++) {
		callback((int)(long)n + i);
		usleep(50);
	}
	return 0;
}

static void threads(int count) {
	pthread_t all[8];
	for (long i = 0; i < count; i++)
		pthread_create(&all[i], 0, thread, (void *)i);
	for (int i = 0; i < count; i++)
		pthread_join(all[i], 0);
}

static void direct(int n) { callback(n); }
*/
import "C"

import (
	"runtime/trace"
	"time"
)

func init() { shape("cgo-callbacks", callbacks) }

// callbacks has threads of C call Go, and Go call C that calls Go.
func callbacks() error {
	return atOnce(3, func(me int) error {
		for i := 0; i < 10; i++ {
			C.threads(4)
			C.direct(C.int(i))
		}
		return nil
	})
}

//export callback
func callback(n C.int) {
	defer trace.StartRegion(bg, "callback").End()
	if n%3 == 0 {
		time.Sleep(20 * time.Microsecond)
	}
}
