package archive

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const most = 100 << 20

// Unzip unpacks an archive into a folder, and nothing beside it.
func Unzip(name, folder string) error {
	reader, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer reader.Close()
	for _, file := range reader.File {
		if !filepath.IsLocal(file.Name) {
			return fmt.Errorf("%q leads out of the folder", file.Name)
		}
		if err := unpack(file, filepath.Join(folder, file.Name)); err != nil {
			return fmt.Errorf("unpacking %s: %w", file.Name, err)
		}
	}
	return nil
}

func unpack(file *zip.File, target string) (err error) {
	if file.FileInfo().IsDir() {
		return os.MkdirAll(target, 0o750)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		return err
	}
	in, err := file.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, io.LimitReader(in, most))
	return err
}
