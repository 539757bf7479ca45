//go:build !linux

package stack

import "net/netip"

// reservation is of Linux alone: other systems let nobody listen on a port that is
// bound, or let everybody.
type reservation struct{}

func reserve(netip.AddrPort) (reservation, error) { return reservation{}, nil }

func (reservation) end() {}
