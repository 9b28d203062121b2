package main

import (
	"context"
	"net"
	"syscall"
	"testing"
	"time"
)

func TestReservedPortIsForProcessesThatShareItOnly(t *testing.T) {
	port, err := reservePort()
	if err != nil {
		t.Fatal(err)
	}
	defer port.release()
	if listener, err := net.Listen("tcp", port.address()); err == nil {
		listener.Close()
		t.Fatal("a stranger could take the port")
	}
	if connection, err := net.DialTimeout("tcp", port.address(), time.Second); err == nil {
		connection.Close()
		t.Fatal("somebody answers although nothing listens")
	}
	sharing := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) (err error) {
		control := raw.Control(func(socket uintptr) {
			err = syscall.SetsockoptInt(int(socket), syscall.SOL_SOCKET, soReusePort, 1)
		})
		if control != nil {
			return control
		}
		return err
	}}
	listener, err := sharing.Listen(context.Background(), "tcp", port.address())
	if err != nil {
		t.Fatalf("the process that should serve the port cannot: %v", err)
	}
	defer listener.Close()
	// Every connection must reach the listener, none the reserving socket.
	for range 50 {
		connection, err := net.DialTimeout("tcp", port.address(), time.Second)
		if err != nil {
			t.Fatal(err)
		}
		connection.Close()
	}
}
