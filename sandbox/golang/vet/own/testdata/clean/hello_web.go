package main

import (
	"fmt"
	"html"
	"log"
	"net/http"
)

func hello(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	if name == "" {
		name = "World"
	}
	fmt.Fprintf(w, "Hello, %s!\n", name)
}

func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<p>Hello, %s</p>", html.EscapeString(r.FormValue("name")))
}

func main() {
	http.HandleFunc("/", hello)
	http.HandleFunc("/page", page)
	log.Fatal(http.ListenAndServe("localhost:8000", nil))
}
