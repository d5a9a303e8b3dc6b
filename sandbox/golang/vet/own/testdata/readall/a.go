package readall

import (
	"io"
	"net"
	"net/http"
	"os"
)

func body(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body) // want `^readall`
	if err == nil {
		w.Write(data)
	}
}

func conn(c net.Conn) ([]byte, error) { return io.ReadAll(c) } // want `^readall`

func limited(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err == nil {
		w.Write(data)
	}
}

func limitedBefore(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	data, err := io.ReadAll(r.Body)
	if err == nil {
		w.Write(data)
	}
}

func file(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}
