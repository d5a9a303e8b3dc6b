package main

import (
	"crypto/rand"
	"log"
	"net/http"
	"net/url"
	"sync"
	"time"
)

type links struct {
	mu   sync.RWMutex
	long map[string]string
}

func (l *links) add(w http.ResponseWriter, r *http.Request) {
	target, err := url.Parse(r.FormValue("url"))
	if err != nil || (target.Scheme != "http" && target.Scheme != "https") || target.Host == "" {
		http.Error(w, "not an address", http.StatusBadRequest)
		return
	}
	code := rand.Text()[:8]
	l.mu.Lock()
	l.long[code] = target.String()
	l.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte(code + "\n"))
}

func (l *links) follow(w http.ResponseWriter, r *http.Request) {
	l.mu.RLock()
	target, ok := l.long[r.PathValue("code")]
	l.mu.RUnlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	http.Redirect(w, r, target, http.StatusFound)
}

func main() {
	l := &links{long: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", l.add)
	mux.HandleFunc("GET /{code}", l.follow)
	server := &http.Server{Addr: ":8080", Handler: mux, ReadTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
