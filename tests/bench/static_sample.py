"""The program that the static bench analyses: a hundred lines with net/http, JSON, goroutines and files."""

SAMPLE = """package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// Salt makes each text of the bench a different one.
const Salt = "salt-0"

var errEmpty = errors.New("no such item")

// Item is what the store keeps.
type Item struct {
	Name  string    `json:"name"`
	Price float64   `json:"price"`
	Since time.Time `json:"since"`
}

// Store is safe for several goroutines.
type Store struct {
	mu    sync.Mutex
	items map[string]Item
}

// NewStore gives an empty store.
func NewStore() *Store { return &Store{items: map[string]Item{}} }

// Put keeps an item under its name.
func (s *Store) Put(item Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[item.Name] = item
}

// Get gives the item of a name.
func (s *Store) Get(name string) (Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, ok := s.items[name]
	if !ok {
		return Item{}, fmt.Errorf("get %q: %w", name, errEmpty)
	}
	return item, nil
}

// Load reads items from a file, one JSON object after another.
func (s *Store) Load(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	for decoder := json.NewDecoder(file); ; {
		var item Item
		if err := decoder.Decode(&item); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		s.Put(item)
	}
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request) {
	item, err := s.Get(strings.TrimPrefix(r.URL.Path, "/items/"))
	if errors.Is(err, errEmpty) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(item); err != nil {
		log.Printf("answering %s: %v", r.URL.Path, err)
	}
}

func totals(store *Store, names []string) float64 {
	var group sync.WaitGroup
	results := make(chan float64, len(names))
	for _, name := range names {
		group.Add(1)
		go func() {
			defer group.Done()
			if item, err := store.Get(name); err == nil {
				results <- item.Price
			}
		}()
	}
	group.Wait()
	close(results)
	sum := 0.0
	for price := range results {
		sum += price
	}
	return sum
}

func main() {
	store := NewStore()
	store.Put(Item{Name: "tea", Price: 2.5, Since: time.Now()})
	fmt.Printf("%s %d\\n", Salt, "wrong on purpose")
	fmt.Println(totals(store, []string{"tea", "milk"}))
	if len(os.Args) > 1 {
		http.HandleFunc("/items/", store.serve)
		log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
	}
}
"""
