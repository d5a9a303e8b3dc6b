package deferloop

import (
	"io"
	"os"
	"sync"
)

func all(names []string, out io.Writer) error {
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close() // want `^deferloop: file.Close`
		if _, err := io.Copy(out, file); err != nil {
			return err
		}
	}
	return nil
}

func each(names []string, mu *sync.Mutex) {
	for _, name := range names {
		func() {
			mu.Lock()
			defer mu.Unlock()
			println(name)
		}()
	}
	for {
		mu.Lock()
		defer mu.Unlock()
		return
	}
}
