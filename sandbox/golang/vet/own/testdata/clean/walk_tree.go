package main

import (
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
)

func size(root string) (total int64, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		return nil
	})
	return total, err
}

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	total, err := size(root)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(total)
}
