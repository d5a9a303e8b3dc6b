package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Config is what a user may set.
type Config struct {
	Address string `json:"address"`
	Workers int    `json:"workers"`
}

// Default is what holds without a file.
func Default() Config { return Config{Address: "localhost:8080", Workers: 4} }

// Load reads the file of a folder; without one the defaults hold.
func Load(folder string) (Config, error) {
	config := Default()
	data, err := os.ReadFile(filepath.Join(folder, "config.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return config, nil
	}
	if err != nil {
		return config, fmt.Errorf("reading the configuration: %w", err)
	}
	if err := json.Unmarshal(data, &config); err != nil {
		return config, fmt.Errorf("parsing the configuration: %w", err)
	}
	return config, nil
}

// Save writes it so that a crash leaves the old or the new one.
func (c Config) Save(folder string) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	part, err := os.CreateTemp(folder, "config-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	if _, err := part.Write(data); err != nil {
		part.Close()
		return err
	}
	if err := part.Close(); err != nil {
		return err
	}
	return os.Rename(part.Name(), filepath.Join(folder, "config.json"))
}
