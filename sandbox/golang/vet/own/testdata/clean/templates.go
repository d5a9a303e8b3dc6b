package main

import (
	"bytes"
	"html/template"
	"log"
	"net/http"
)

var page = template.Must(template.New("page").Parse(`<h1>{{.Title}}</h1>{{range .Comments}}<p>{{.}}</p>{{end}}`))

func show(w http.ResponseWriter, r *http.Request) {
	var out bytes.Buffer
	err := page.Execute(&out, map[string]any{"Title": r.FormValue("title"), "Comments": r.Form["comment"]})
	if err != nil {
		log.Printf("rendering: %v", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	if _, err := out.WriteTo(w); err != nil {
		log.Printf("answering: %v", err)
	}
}

func main() {
	http.HandleFunc("/", show)
	log.Fatal(http.ListenAndServe("localhost:8000", nil))
}
