package service

import (
	"fmt"
	"net"
)

// listeners are open before anything else starts, so that a taken port is the
// first and only thing that goes wrong.
type listeners struct{ main, debug net.Listener }

func listen(cfg Config) (l listeners, err error) {
	if l.main, err = net.Listen("tcp", cfg.Addr); err != nil {
		return l, fmt.Errorf("--addr %s: %w", cfg.Addr, err)
	}
	if cfg.DebugAddr == "" {
		return l, nil
	}
	if l.debug, err = net.Listen("tcp", cfg.DebugAddr); err != nil {
		l.close()
		return l, fmt.Errorf("--debug-addr %s: %w", cfg.DebugAddr, err)
	}
	return l, nil
}

func (l listeners) close() {
	for _, ln := range []net.Listener{l.main, l.debug} {
		if ln != nil {
			ln.Close()
		}
	}
}
