package main

import (
	"bufio"
	"errors"
	"fmt"
	"log"
	"net"
	"time"
)

func handle(conn net.Conn) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			return
		}
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		if _, err := fmt.Fprint(conn, line); err != nil {
			log.Printf("writing: %v", err)
			return
		}
	}
}

func serve(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:7000")
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	if err := serve(listener); err != nil {
		log.Print(err)
	}
}
