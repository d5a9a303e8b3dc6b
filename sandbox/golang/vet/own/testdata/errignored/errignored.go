package errignored

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

func dropped(name string, data []byte) {
	os.WriteFile(name, data, 0o600) // want `the error that os.WriteFile returns is not looked at`
	os.Remove(name)                 // want `not looked at`
	var v struct{ N int }
	json.Unmarshal(data, &v)        // want `not looked at`
	number, _ := strconv.Atoi(name) // want `the error that strconv.Atoi returns is thrown away`
	_ = os.Chdir(name)              // want `thrown away`
	fmt.Println(number)
}

func fine(w http.ResponseWriter, name string) ([]byte, error) {
	hash, buffer := sha256.New(), bytes.Buffer{}
	hash.Write([]byte(name))
	io.WriteString(hash, name)
	buffer.WriteString(name)
	json.NewEncoder(&buffer).Encode(name)
	w.Write(hash.Sum(nil))
	fmt.Fprintln(os.Stderr, name)
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if _, err := file.WriteString(name); err != nil {
		file.Close()
		os.Remove(name)
		return nil, errors.New("no room")
	}
	day, _ := time.Parse(time.DateOnly, "2026-01-02")
	_ = os.Remove(name) // it may be gone already
	fmt.Fprint(w, day)
	return io.ReadAll(file)
}
