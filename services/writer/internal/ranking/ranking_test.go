package ranking_test

import (
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"example.com/tracelab/services/writer/internal/ranking"
)

func TestARowIsACommand(t *testing.T) {
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	defer rdb.Close()
	server.Set("tracelab:ranking:1", "http://go.dev/") // the other rows are empty
	if err := rdb.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int{0, 1, 20} {
		before := server.CommandCount()
		if err := ranking.Read(t.Context(), rdb, rows); err != nil {
			t.Fatal(err)
		}
		if n := server.CommandCount() - before; n != rows {
			t.Errorf("%d rows were read by %d commands", rows, n)
		}
	}
	server.SetError("LOADING wait")
	if err := ranking.Read(t.Context(), rdb, 20); err == nil {
		t.Error("Redis refuses, and nobody is told")
	}
}
