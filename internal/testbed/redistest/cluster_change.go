package redistest

import (
	"context"
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Owner is a client of the node that serves a key, for questions to this node
// alone.
func (c *Cluster) Owner(t testing.TB, key string) *redis.Client {
	t.Helper()
	return c.owner(t, key).client
}

// SwitchOver makes the replica of a key's primary the primary: both keep running,
// and a client of the old one is redirected with MOVED. It takes no vote, of which
// the nodes allow one in twice the time after which they miss each other.
func (c *Cluster) SwitchOver(t testing.TB, key string) {
	t.Helper()
	owner := c.owner(t, key)
	eventually(t, "in step", owner.partner.follows)
	must(t, owner.partner.client.Do(context.Background(), "CLUSTER", "FAILOVER", "TAKEOVER"))
	c.taken(t, key, owner.partner)
	eventually(t, "in step again", owner.follows)
}

// FailOver kills the primary of a key, and has its replica take its place at
// once: the cluster need not find out first.
func (c *Cluster) FailOver(t testing.TB, key string) {
	t.Helper()
	owner := c.owner(t, key)
	eventually(t, "in step", owner.partner.follows)
	owner.Stop()
	must(t, owner.partner.client.Do(context.Background(), "CLUSTER", "FAILOVER", "TAKEOVER"))
	c.taken(t, key, owner.partner)
}

// Migrate begins to move a key's slot to another primary and leaves it so: the
// old one serves what it has, and sends on with ASK for the rest.
func (c *Cluster) Migrate(t testing.TB, key string) {
	t.Helper()
	owner := c.owner(t, key)
	slot := owner.client.ClusterKeySlot(context.Background(), key).Val()
	for _, n := range c.nodes {
		if n != owner && n.follows() != nil {
			must(t, n.client.Do(context.Background(), "CLUSTER", "SETSLOT", slot, "IMPORTING", owner.id))
			must(t, owner.client.Do(context.Background(), "CLUSTER", "SETSLOT", slot, "MIGRATING", n.id))
			return
		}
	}
}

// owner is the node that serves a key, as the first node that lives sees it.
func (c *Cluster) owner(t testing.TB, key string) *clusterNode {
	t.Helper()
	for _, n := range c.nodes {
		if !n.Running() {
			continue
		}
		owner, err := n.owner(c.nodes, key)
		if err != nil {
			t.Fatal(err)
		}
		return owner
	}
	t.Fatal("no node of the cluster is left")
	return nil
}

func (n *clusterNode) owner(all []*clusterNode, key string) (*clusterNode, error) {
	ctx := context.Background()
	slot, err := n.client.ClusterKeySlot(ctx, key).Result()
	if err != nil {
		return nil, err
	}
	shards, err := n.client.ClusterSlots(ctx).Result()
	if err != nil {
		return nil, err
	}
	for _, shard := range shards {
		if int(slot) < shard.Start || int(slot) > shard.End {
			continue
		}
		for _, candidate := range all {
			if shard.Nodes[0].Addr == candidate.Addr {
				return candidate, nil
			}
		}
	}
	return nil, fmt.Errorf("%s knows no node for the key %q", n.Addr, key)
}

// taken waits until all nodes that live agree on a key's new owner.
func (c *Cluster) taken(t testing.TB, key string, by *clusterNode) {
	t.Helper()
	for _, n := range c.nodes {
		if !n.Running() {
			continue
		}
		eventually(t, "taken over", func() error {
			owner, err := n.owner(c.nodes, key)
			if err == nil && owner != by {
				err = fmt.Errorf("%s takes %s for the owner of %q", n.Addr, owner.Addr, key)
			}
			return err
		})
	}
}
