#!/usr/bin/env bash
# miniredis (github.com/alicebob/miniredis/v2 v2.40.0): XCLAIM … JUSTID counts as a
# delivery; Redis says that it does not, and does not.
#
# A consumer renews what it works on with XCLAIM JUSTID, so that nobody takes it
# for dead, and gives up on a message that was delivered too often. Before miniredis
# a slow message is given up after a few renewals: a test fails for what works, or a
# bound is made so wide that it never holds against Redis.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

needs redis-server
module github.com/alicebob/miniredis/v2@v2.40.0 github.com/redis/go-redis/v9@v9.23.0
program <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// deliveries reads a message once, renews it three times, and asks how often it
// was delivered.
func deliveries(options *redis.Options) int64 {
	ctx, c := context.Background(), redis.NewClient(options)
	defer c.Close()
	must(c.XGroupCreateMkStream(ctx, "s", "g", "0").Result())
	id := must(c.XAdd(ctx, &redis.XAddArgs{Stream: "s", Values: []string{"a", "b"}}).Result())
	must(c.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "g", Consumer: "c", Streams: []string{"s", ">"}}).Result())
	for range 3 {
		must(c.XClaimJustID(ctx, &redis.XClaimArgs{Stream: "s", Group: "g", Consumer: "c", Messages: []string{id}}).Result())
	}
	return must(c.XPendingExt(ctx, &redis.XPendingExtArgs{Stream: "s", Group: "g", Start: "-", End: "+", Count: 1}).Result())[0].RetryCount
}

func main() {
	m := must(miniredis.Run())
	defer m.Close()
	fmt.Println(deliveries(&redis.Options{Addr: m.Addr()}), deliveries(&redis.Options{Network: "unix", Addr: os.Args[1]}))
}
GO
redis-server --port 0 --unixsocket "$work/redis.sock" --dir "$work" --save '' >/dev/null &
children+=($!)
for ((i = 0; i < 200; i++)); do [ -S redis.sock ] && break; sleep 0.05; done
read -r mini real < <(./finding "$work/redis.sock")
echo "read once and renewed three times: delivered $mini times by miniredis, $real by $(redis-server --version | grep -oE 'v=[0-9.]+')"
verdict "four, and one" [ "$mini" -eq 4 -a "$real" -eq 1 ]
