package web

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

const most = 10 << 20

var kinds = map[string]bool{".png": true, ".jpg": true, ".pdf": true}

func upload(folder string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		file, header, err := r.FormFile("file")
		if err != nil {
			http.Error(w, "no file", http.StatusBadRequest)
			return
		}
		defer file.Close()
		name := filepath.Base(header.Filename)
		if !kinds[strings.ToLower(filepath.Ext(name))] {
			http.Error(w, "not a kind of file that is taken", http.StatusUnsupportedMediaType)
			return
		}
		if err := keep(filepath.Join(folder, name), file); err != nil {
			log.Printf("keeping an upload: %v", err)
			http.Error(w, "could not keep it", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusCreated)
	}
}

func keep(name string, from io.Reader) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, from); err != nil {
		file.Close()
		return fmt.Errorf("writing: %w", err)
	}
	return file.Close()
}
