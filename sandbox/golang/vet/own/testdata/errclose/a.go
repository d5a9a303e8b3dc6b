package errclose

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"
)

func written(name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close() // want `^errclose indicated`
	_, err = fmt.Fprintln(file, "text")
	return err
}

func checked(name string) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := fmt.Fprintln(file, "text"); err != nil {
		return err
	}
	return file.Close()
}

func joined(name string) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() {
		if closing := file.Close(); err == nil {
			err = closing
		}
	}()
	return nil
}

func packed(w io.Writer) {
	packer := gzip.NewWriter(w)
	defer packer.Close() // want `^errclose indicated`
	fmt.Fprintln(packer, "text")
}

func buffered(w io.Writer) {
	out := bufio.NewWriter(w) // want `^unflushed`
	fmt.Fprintln(out, "text")
}

func flushed(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "text")
	return out.Flush()
}

func given(w io.Writer) *bufio.Writer {
	out := bufio.NewWriter(w)
	return out
}

func table(rows [][]string) (string, error) {
	var b strings.Builder
	out := csv.NewWriter(&b)
	if err := out.WriteAll(rows); err != nil {
		return "", err
	}
	return b.String(), nil
}
