package resources

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
)

func file(name string) (int, error) {
	file, err := os.Open(name) // want `^noclose`
	if err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(file)
	count := 0
	for lines.Scan() {
		count++
	}
	return count, lines.Err()
}

func answer(address string) (map[string]int, error) {
	got, err := http.Get(address) // want `^noclose`
	if err != nil {
		return nil, err
	}
	found := map[string]int{}
	return found, json.NewDecoder(got.Body).Decode(&found)
}

func rows(db *sql.DB) (names []string, err error) {
	rows, err := db.Query("SELECT name FROM users") // want `^noclose`
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func closed(address, name string) ([]byte, error) {
	got, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.TeeReader(got.Body, file))
}

func open(name string) (*os.File, error) { return os.Open(name) }

type log struct {
	file *os.File
	out  *bufio.Writer
}

func newLog(name string) (*log, error) {
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return &log{file: file, out: bufio.NewWriter(file)}, nil
}

func wrapped(name string) (*bufio.Reader, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return bufio.NewReader(file), nil
}

func serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go handle(conn)
	}
}

func handle(conn net.Conn) {
	defer conn.Close()
	io.Copy(conn, conn)
}
