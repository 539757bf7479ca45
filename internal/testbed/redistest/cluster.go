package redistest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed"
)

const (
	clusterPrimaries = 3
	clusterSlots     = 16384
)

// Cluster is a running Redis Cluster: three primaries, each with a replica.
type Cluster struct {
	Addrs []string // of all nodes

	nodes []*clusterNode
}

type clusterNode struct {
	*Server
	client  *redis.Client
	partner *clusterNode // the other of primary and replica
	id      string
	port    string
	bus     string // the port on which nodes talk
}

// StartCluster runs six redis-servers as a cluster until the test ends,
// and waits until all of them find it complete.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{}
	for range 2 * clusterPrimaries {
		n := &clusterNode{port: testbed.FreePort(t), bus: testbed.FreePort(t)}
		// The usual bus port, 10,000 above, may be beyond the last port there is. The
		// shorter the time after which a node is missed, the more often they talk.
		n.Server = newServer(t, n.port, "--cluster-enabled", "yes", "--cluster-port", n.bus, "--cluster-node-timeout", "1000",
			"--cluster-replica-validity-factor", "0")
		n.Start()
		n.client = client(t, n.Addr)
		c.nodes = append(c.nodes, n)
		c.Addrs = append(c.Addrs, n.Addr)
	}
	c.meet(t)
	c.assign(t)
	for _, n := range c.nodes {
		eventually(t, "complete", n.complete)
	}
	for _, n := range c.nodes { // a busy machine must not make them vote
		must(t, n.client.Do(context.Background(), "CONFIG", "SET", "cluster-node-timeout", 15000))
	}
	return c
}

// meet introduces each node to each: to wait for their gossip takes longer.
func (c *Cluster) meet(t testing.TB) {
	t.Helper()
	for i, n := range c.nodes {
		n.id = must(t, n.client.Do(context.Background(), "CLUSTER", "MYID"))
		// Equal epochs would have to be sorted out first.
		must(t, n.client.Do(context.Background(), "CLUSTER", "SET-CONFIG-EPOCH", i+1))
	}
	for _, n := range c.nodes {
		for _, other := range c.nodes {
			if n != other {
				must(t, n.client.Do(context.Background(), "CLUSTER", "MEET", "127.0.0.1", other.port, other.bus))
			}
		}
	}
	for _, n := range c.nodes {
		eventually(t, "introduced", func() error {
			known, err := n.client.ClusterNodes(context.Background()).Result()
			for _, other := range c.nodes {
				if err == nil && !strings.Contains(known, other.id) {
					err = fmt.Errorf("%s does not know %s", n.Addr, other.Addr)
				}
			}
			return err
		})
	}
}

// assign gives the slots to the first three nodes, and each of these a replica.
func (c *Cluster) assign(t testing.TB) {
	t.Helper()
	for i, n := range c.nodes[:clusterPrimaries] {
		from, to := i*clusterSlots/clusterPrimaries, (i+1)*clusterSlots/clusterPrimaries-1
		must(t, n.client.Do(context.Background(), "CLUSTER", "ADDSLOTSRANGE", from, to))
	}
	for i, n := range c.nodes[clusterPrimaries:] {
		n.partner, c.nodes[i].partner = c.nodes[i], n
		must(t, n.client.Do(context.Background(), "CLUSTER", "REPLICATE", c.nodes[i].id))
	}
}

// complete is satisfied when a node finds all slots served and all replicas
// there.
func (n *clusterNode) complete() error {
	ctx := context.Background()
	info, err := n.client.ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	shards, err := n.client.ClusterSlots(ctx).Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, "cluster_state:ok") || len(shards) != clusterPrimaries {
		return fmt.Errorf("%s says: %s", n.Addr, info)
	}
	for _, shard := range shards {
		if len(shard.Nodes) != 2 {
			return fmt.Errorf("%s knows %d nodes of the slots from %d", n.Addr, len(shard.Nodes), shard.Start)
		}
	}
	return nil
}

// follows is satisfied by a replica that has its primary's data.
func (n *clusterNode) follows() error {
	info, err := n.client.Info(context.Background(), "replication").Result()
	if err == nil && (!strings.Contains(info, "role:slave") || !strings.Contains(info, "master_link_status:up")) {
		err = fmt.Errorf("%s says: %s", n.Addr, info)
	}
	return err
}

func must(t testing.TB, cmd *redis.Cmd) string {
	t.Helper()
	text, err := cmd.Text()
	if err != nil {
		t.Fatal(cmd, err)
	}
	return text
}
