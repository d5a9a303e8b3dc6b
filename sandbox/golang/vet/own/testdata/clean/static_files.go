package main

import (
	"log"
	"net/http"
	"os"
	"path"
	"time"
)

type files struct{ root *os.Root }

func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Clean("/" + r.PathValue("name"))[1:]
	file, err := f.root.Open(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, info.Name(), info.ModTime(), file)
}

func main() {
	root, err := os.OpenRoot("static")
	if err != nil {
		log.Fatal(err)
	}
	defer root.Close()
	mux := http.NewServeMux()
	mux.Handle("GET /files/{name...}", &files{root})
	mux.Handle("/", http.FileServer(http.Dir("public")))
	server := &http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: time.Second}
	if err := server.ListenAndServe(); err != nil {
		log.Print(err)
	}
}
