package errswallowed

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strconv"
)

func save(name string) error { return os.WriteFile(name, nil, 0o600) }

func empty(name string) {
	if err := save(name); err != nil { // want `^errempty`
	}
	err := save(name)
	if err != nil { // want `^errempty`
	}
	if err := save(name); err != nil {
		// It is a cache; the next run fills it.
	}
}

func isNil(name string) error {
	if err := save(name); err != nil { // want `^errnil indicated`
		return nil
	}
	if err := save(name + "2"); err != nil {
		return fmt.Errorf("saving: %w", err)
	}
	if _, err := os.Stat(name); err != nil {
		return nil
	}
	return filepath.WalkDir(name, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		return nil
	})
}

func goesOn(name string) int {
	data, err := os.ReadFile(name)
	if err != nil { // want `^errgoeson: err is only logged, and data is used`
		log.Println("reading:", err)
	}
	number, err := strconv.Atoi(string(data))
	if err != nil {
		fmt.Println("not a number:", err)
		return 0
	}
	zero, err := strconv.Atoi(name)
	if err != nil { // want `^errgoeson indicated`
		log.Print("not a number")
	}
	number += zero
	if err := save(name); err != nil {
		log.Printf("saving: %v", err)
	}
	file, err := os.Open(name)
	if err != nil {
		log.Println(err)
	}
	if file != nil {
		file.Close()
	}
	_, err = os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 1
	}
	return number
}
