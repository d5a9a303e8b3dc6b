package errlost

import (
	"fmt"
	"os"
)

func lost(name string) error {
	data, err := os.ReadFile(name) // want `^errlost: the error of os.ReadFile`
	err = os.WriteFile(name+".bak", data, 0o600)
	if err != nil {
		return err
	}
	err = os.Remove(name) // want `^errlost`
	return nil
}

func shadow(names []string) error {
	var err error
	for _, name := range names {
		if _, err := os.Stat(name); err != nil {
			fmt.Println(err)
		}
	}
	return err // want `^errshadow: err is always nil here: line 21`
}

func fine(name string) (err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			fmt.Println("failed")
		}
	}()
	err = os.WriteFile(name, data, 0o600)
	return
}

func again(names []string) error {
	var last error
	for _, name := range names {
		if last = os.Remove(name); last == nil {
			return nil
		}
	}
	return last
}
