package taint

import (
	"database/sql"
	"errors"
	"fmt"
	"html"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

type store struct {
	db    *sql.DB
	root  string
	hosts map[string]string
}

var (
	word     = regexp.MustCompile(`^[a-z]+$`)
	columns  = map[string]string{"name": "name", "age": "age"}
	errOther = errors.New("other")
)

func (s *store) list(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil {
		return
	}
	s.db.Query(fmt.Sprintf("SELECT id FROM users LIMIT %d", number))
	column, ok := columns[r.FormValue("order")]
	if !ok {
		return
	}
	s.db.Query("SELECT id FROM users ORDER BY " + column)
	direction := r.FormValue("direction")
	switch direction {
	case "ASC", "DESC":
	default:
		direction = "ASC"
	}
	s.db.Query("SELECT id FROM users ORDER BY id " + direction)
	s.db.Query("SELECT id FROM users WHERE name = ?", r.FormValue("name"))
	ids := r.Form["id"]
	marks := strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")
	s.db.Query("SELECT id FROM users WHERE id IN (" + marks + ")")
}

func (s *store) exec(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	if !word.MatchString(name) {
		return
	}
	exec.Command("sh", "-c", "id "+name).Run()
	exec.Command("id", r.FormValue("user")).Run()
}

func (s *store) file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if !filepath.IsLocal(name) {
		return
	}
	os.ReadFile(filepath.Join(s.root, name))
	os.ReadFile(filepath.Join(s.root, filepath.Base(r.FormValue("file"))))
	os.ReadFile(filepath.Join(s.root, filepath.Clean("/"+r.FormValue("other"))))
	full := filepath.Join(s.root, r.FormValue("third"))
	if !strings.HasPrefix(full, s.root+string(filepath.Separator)) {
		return
	}
	os.ReadFile(full)
}

func check(name string) error {
	if strings.Contains(name, "..") {
		return errOther
	}
	return nil
}

func (s *store) checked(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	if err := check(name); err != nil {
		return
	}
	os.Remove(filepath.Join(s.root, name))
}

func (s *store) pages(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "<h1>%s</h1>", html.EscapeString(r.FormValue("name")))
	http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.Path), http.StatusFound)
	http.Redirect(w, r, "https://"+r.Host+r.RequestURI, http.StatusMovedPermanently)
	log.Printf("%q asked", r.FormValue("name"))
	address, ok := s.hosts[r.FormValue("host")]
	if !ok {
		return
	}
	http.Get(address)
	http.Get("https://example.com/items/" + url.PathEscape(r.FormValue("id")))
}

func hello(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "Hello, %s!", r.URL.Path)
}

func plainText(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte(r.FormValue("q")))
}

// Read is for whoever runs the program.
func Read() ([]byte, error) { return os.ReadFile(os.Args[1]) }

// Load is for others.
func Load(name string) ([]byte, error) { return os.ReadFile(filepath.Join("data", name)) }
