package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strconv"
	"sync"
	"time"
)

type todo struct {
	ID    int    `json:"id"`
	Title string `json:"title"`
	Done  bool   `json:"done"`
}

var errMissing = errors.New("no such todo")

type store struct {
	mu    sync.RWMutex
	next  int
	todos map[int]todo
}

func (s *store) add(title string) todo {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	one := todo{ID: s.next, Title: title}
	s.todos[one.ID] = one
	return one
}

func (s *store) get(id int) (todo, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	one, ok := s.todos[id]
	if !ok {
		return todo{}, errMissing
	}
	return one, nil
}

func (s *store) all() []todo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := make([]todo, 0, len(s.todos))
	for _, one := range s.todos {
		found = append(found, one)
	}
	return found
}

func respond(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Printf("encoding an answer: %v", err)
	}
}

func (s *store) create(w http.ResponseWriter, r *http.Request) {
	var given struct {
		Title string `json:"title"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&given); err != nil {
		http.Error(w, "not a todo", http.StatusBadRequest)
		return
	}
	if given.Title == "" {
		http.Error(w, "title is missing", http.StatusUnprocessableEntity)
		return
	}
	respond(w, http.StatusCreated, s.add(given.Title))
}

func (s *store) show(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		http.Error(w, "id is no number", http.StatusBadRequest)
		return
	}
	one, err := s.get(id)
	if errors.Is(err, errMissing) {
		http.NotFound(w, r)
		return
	}
	respond(w, http.StatusOK, one)
}

func main() {
	s := &store{todos: map[int]todo{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /todos", s.create)
	mux.HandleFunc("GET /todos/{id}", s.show)
	mux.HandleFunc("GET /todos", func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, s.all()) })
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: mux, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
