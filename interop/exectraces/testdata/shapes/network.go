//go:build !plain

package main

import (
	"io"
	"net"
	"sync"
	"time"
)

func init() {
	shape("network", network)
	shape("network-deadlines", deadlines)
	everything = append(everything, network)
}

// network has clients and a server that repeats what they say.
func network() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var servers sync.WaitGroup
	defer servers.Wait()
	defer listener.Close()
	servers.Add(1)
	go func() {
		defer servers.Done()
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			servers.Add(1)
			go func() {
				defer servers.Done()
				defer conn.Close()
				io.Copy(conn, conn)
			}()
		}
	}()
	return atOnce(4, func(int) error { return talk(listener.Addr().String()) })
}

func talk(address string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	line := make([]byte, 64)
	for i := 0; i < 100; i++ {
		if _, err := conn.Write(line); err != nil {
			return err
		}
		if _, err := io.ReadFull(conn, line); err != nil {
			return err
		}
	}
	return nil
}

// deadlines waits for what does not come.
func deadlines() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	return atOnce(4, func(int) error {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			return err
		}
		defer conn.Close()
		for i := 0; i < 10; i++ {
			conn.SetReadDeadline(time.Now().Add(200 * time.Microsecond))
			if _, err := conn.Read(make([]byte, 1)); err == nil {
				return io.ErrUnexpectedEOF
			}
		}
		return nil
	})
}
