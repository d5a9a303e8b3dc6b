package main

import (
	"go/build"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"gavel.invalid/gavelvet/own"
)

// What our checks say about the library shows what they say about good code. With GAVEL_SURVEY=all every
// package is read, with its findings; the sample is read for analyzers that give up.
func TestNoCheckOfOursGivesUpOnTheLibrary(t *testing.T) {
	library := os.Getenv("GAVEL_STD")
	if library == "" {
		t.Skip("GAVEL_STD names no archives of the standard library")
	}
	paths := []string{"archive/zip", "bufio", "context", "database/sql", "encoding/json", "net/http", "net/textproto", "os/exec", "sync", "text/template"}
	if os.Getenv("GAVEL_SURVEY") == "all" {
		paths = everyPackage(t)
	}
	counts, spent, read := map[string]int{}, map[string]time.Duration{}, 0
	for _, path := range paths {
		read += survey(t, library, path, counts, spent)
	}
	t.Logf("%d files of %d packages", read, len(paths))
	tell(t, counts)
	if os.Getenv("GAVEL_SURVEY") == "all" {
		counts = map[string]int{}
		t.Logf("%d files with examples", examples(t, library, counts))
		tell(t, counts)
	}
	for _, name := range slices.Sorted(maps.Keys(spent)) {
		t.Logf("%8s %s", spent[name].Round(time.Millisecond), name)
	}
}

func tell(t *testing.T, counts map[string]int) {
	t.Helper()
	for _, rule := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%5d %s", counts[rule], rule)
	}
}

func survey(t *testing.T, library, path string, counts map[string]int, spent map[string]time.Duration) int {
	t.Helper()
	dir := filepath.Join(runtime.GOROOT(), "src", path)
	found, err := build.Default.ImportDir(dir, 0)
	if err != nil || len(found.GoFiles) == 0 || len(found.CgoFiles) > 0 {
		return 0
	}
	l := newLoader(library)
	one, err := l.check(path, dir, found.GoFiles, "")
	if err != nil {
		t.Logf("%s: %v", path, err)
		return 0
	}
	r := newRun(l, one, newStore(os.Getenv("GAVEL_FACTS")), "")
	for _, check := range own.Checks() {
		start := time.Now()
		r.all([]*analysis.Analyzer{check.Analyzer})
		spent[check.Analyzer.Name] += time.Since(start)
		if err := r.actions[check.Analyzer].err; err != nil {
			t.Errorf("%s on %s: %v", check.Analyzer.Name, path, err)
		}
		for _, said := range r.actions[check.Analyzer].found {
			counts[said.Category]++
			if os.Getenv("GAVEL_SURVEY") == "all" {
				t.Logf("%s %s: %s", l.fset.Position(said.Pos), said.Category, said.Message)
			}
		}
	}
	return len(found.GoFiles)
}

func everyPackage(t *testing.T) []string {
	t.Helper()
	root, paths := filepath.Join(runtime.GOROOT(), "src"), []string{}
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		if err == nil && entry.IsDir() && (entry.Name() == "testdata" || name == "cmd" || name == "vendor" || name == "runtime") {
			return filepath.SkipDir
		}
		if err == nil && entry.IsDir() && !strings.Contains(name, "internal") {
			paths = append(paths, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// examples checks every example file of the library by itself, as an answer would stand.
func examples(t *testing.T, library string, counts map[string]int) (read int) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(runtime.GOROOT(), "src", "*", "example*_test.go"))
	more, _ := filepath.Glob(filepath.Join(runtime.GOROOT(), "src", "*", "*", "example*_test.go"))
	for _, name := range append(names, more...) {
		text, err := os.ReadFile(name)
		dir := t.TempDir()
		if err != nil || os.WriteFile(filepath.Join(dir, "a.go"), text, 0o600) != nil {
			t.Fatal(name)
		}
		l := newLoader(library)
		one, err := l.check("a", dir, []string{"a.go"}, "")
		if err != nil {
			continue
		}
		read++
		r := newRun(l, one, newStore(os.Getenv("GAVEL_FACTS")), "")
		r.all(ours())
		for _, check := range own.Checks() {
			for _, said := range r.actions[check.Analyzer].found {
				counts[said.Category]++
				t.Logf("%s:%d %s: %s", name, l.fset.Position(said.Pos).Line, said.Category, said.Message)
			}
		}
	}
	return read
}
