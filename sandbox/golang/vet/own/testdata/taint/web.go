package taint

import (
	"archive/zip"
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	text "text/template"
)

type server struct {
	db   *sql.DB
	root string
}

func (s *server) user(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	query := fmt.Sprintf("SELECT id FROM users WHERE name = '%s'", name) // want `^sqlconcat: text that the asker sends`
	rows, err := s.db.Query(query)
	if err != nil {
		http.Error(w, "no", http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	order := r.FormValue("order")
	s.db.QueryRow("SELECT id FROM users ORDER BY " + order) // want `^sqlconcat`
}

func (s *server) search(w http.ResponseWriter, r *http.Request) {
	var body struct{ Term string }
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		return
	}
	s.find(r.Context(), body.Term)
}

func (s *server) find(ctx context.Context, term string) {
	s.db.QueryContext(ctx, "SELECT id FROM items WHERE title LIKE '%"+term+"%'") // want `^sqlconcat: text that the asker sends`
}

// Find is for others.
func Find(db *sql.DB, name, table string) {
	db.Exec("DELETE FROM users WHERE name = '" + name + "'") // want `^sqlconcat: a value`
	db.Exec("DELETE FROM " + table)                          // want `^sqlconcat indicated`
}

func (s *server) run(w http.ResponseWriter, r *http.Request) {
	host := r.FormValue("host")
	exec.Command("sh", "-c", "ping -c 1 "+host).Run() // want `^cmdconcat: a shell runs text that the asker sends`
	exec.Command(r.FormValue("tool")).Run()           // want `^cmdconcat: the asker chooses the program`
}

// Compress is for others.
func Compress(name string) error {
	return exec.Command("bash", "-c", fmt.Sprintf("gzip %s", name)).Run() // want `^cmdconcat: a shell runs a command line`
}

func (s *server) file(w http.ResponseWriter, r *http.Request) {
	name := filepath.Join(s.root, r.PathValue("name")) // want `^pathjoin: a name that the asker sends`
	data, err := os.ReadFile(name)
	if err != nil {
		return
	}
	w.Write(data)
}

func unpack(archive *zip.Reader, into string) {
	for _, file := range archive.File {
		os.Create(filepath.Join(into, file.Name)) // want `^pathjoin: a name that the archive holds`
	}
}

func serve(conn net.Conn) {
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		exec.Command("/bin/sh", "-c", lines.Text()).Run() // want `^cmdconcat: a shell runs text that comes over a connection`
	}
}

func fetch(w http.ResponseWriter, r *http.Request) {
	answer, err := http.Get(r.URL.Query().Get("url")) // want `^ssrf`
	if err != nil {
		return
	}
	defer answer.Body.Close()
	io.Copy(w, answer.Body)
	http.Get("http://" + r.FormValue("host") + "/status") // want `^ssrf`
}

func leave(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.FormValue("next"), http.StatusFound) // want `^redirect`
}

func greet(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	fmt.Fprintf(w, "<h1>Hello, %s</h1>", name) // want `^xss`
	log.Printf("greeted %s", name)             // want `^loginject indicated`
}

func echo(w http.ResponseWriter, r *http.Request) {
	w.Write([]byte(r.FormValue("q"))) // want `^xss`
}

var page = template.Must(template.New("page").Parse("<p>{{.}}</p>"))

func show(w http.ResponseWriter, r *http.Request) {
	page.Execute(w, template.HTML(r.FormValue("comment"))) // want `^xss: text that the asker sends is declared to be safe`
}

func plain(w http.ResponseWriter, r *http.Request) {
	text.Must(text.New("x").Parse("<p>{{.}}</p>")).Execute(w, r.FormValue("x")) // want `^xss: text/template`
	template.New("mine").Parse(r.FormValue("template"))                         // want `^templateinject`
}
