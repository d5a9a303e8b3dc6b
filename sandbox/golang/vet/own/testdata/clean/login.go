package web

import (
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"
)

type sessions struct {
	mu    sync.Mutex
	users map[string]string
	check func(name, password string) error
}

func (s *sessions) login(w http.ResponseWriter, r *http.Request) {
	name, password := r.PostFormValue("name"), r.PostFormValue("password")
	if name == "" || password == "" {
		http.Error(w, "name or password is missing", http.StatusBadRequest)
		return
	}
	if err := s.check(name, password); err != nil {
		http.Error(w, "wrong name or password", http.StatusUnauthorized)
		return
	}
	token := rand.Text()
	s.mu.Lock()
	s.users[token] = name
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "session", Value: token, Path: "/", HttpOnly: true, Secure: true,
		SameSite: http.SameSiteLaxMode, Expires: time.Now().Add(time.Hour)})
	next := r.PostFormValue("next")
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") {
		next = "/"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (s *sessions) user(r *http.Request) (string, bool) {
	cookie, err := r.Cookie("session")
	if err != nil {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := s.users[cookie.Value]
	return name, ok
}
