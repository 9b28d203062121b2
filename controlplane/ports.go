package main

import (
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// soReusePort is SO_REUSEPORT of Linux, which package syscall does not name on
// every processor.
const soReusePort = 0xf

// port is a free port of 127.0.0.1 that stays ours.
//
// A socket that is bound but never listens keeps it: the kernel gives the port
// to nobody else, also while the process that serves it is killed, and hands
// connections only to sockets that listen. The process that serves it must
// bind with SO_REUSEPORT and belong to the same user.
type port struct {
	number int
	socket int
}

func reservePort() (port, error) {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return port{}, fmt.Errorf("reserve a port: %w", err)
	}
	number, err := bindToFreePort(socket)
	if err != nil {
		syscall.Close(socket)
		return port{}, fmt.Errorf("reserve a port: %w", err)
	}
	return port{number: number, socket: socket}, nil
}

func bindToFreePort(socket int) (int, error) {
	if err := syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, soReusePort, 1); err != nil {
		return 0, err
	}
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	address, err := syscall.Getsockname(socket)
	if err != nil {
		return 0, err
	}
	return address.(*syscall.SockaddrInet4).Port, nil
}

func (p port) String() string {
	return strconv.Itoa(p.number)
}

func (p port) address() string {
	return net.JoinHostPort("127.0.0.1", p.String())
}

func (p port) release() {
	syscall.Close(p.socket)
}
