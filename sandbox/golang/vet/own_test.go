package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"gavel.invalid/gavelvet/own"
)

var wanted = regexp.MustCompile("`([^`]+)`")

// Each check has a folder of its own name. What it has to see is marked there as analysistest has it, and
// nothing else may be said. analysistest itself reads the whole library from source, seconds for each check;
// here the archives are read that audits are given.
func TestEveryCheckOfOursSeesWhatIsMarkedAndNothingElse(t *testing.T) {
	for _, one := range own.Checks() {
		t.Run(one.Analyzer.Name, func(t *testing.T) {
			folder := filepath.Join("own", "testdata", one.Analyzer.Name)
			names, _ := filepath.Glob(filepath.Join(folder, "*.go"))
			if len(names) == 0 {
				t.Fatal("nothing shows what it sees")
			}
			for _, name := range names {
				compare(t, one.Analyzer, name)
			}
		})
	}
}

// A rule that no file shows could be lost without a word.
func TestEveryRuleOfOursIsShown(t *testing.T) {
	for _, one := range own.Checks() {
		names, _ := filepath.Glob(filepath.Join("own", "testdata", one.Analyzer.Name, "*.go"))
		seen := map[string]bool{}
		for _, name := range names {
			for _, found := range saidAbout(t, one.Analyzer, name) {
				rule, _ := own.Rule(found.Category)
				seen[rule] = true
			}
		}
		for _, rule := range one.Rules {
			if !seen[rule] {
				t.Errorf("nothing shows %s", rule)
			}
			delete(seen, rule)
		}
		if len(seen) > 0 {
			t.Errorf("%s says more than it lists: %v", one.Analyzer.Name, seen)
		}
	}
}

var kept = map[string]*checkedFile{}

type checkedFile struct {
	loader *loader
	one    *checked
}

func loadFile(t *testing.T, name string) *checkedFile {
	t.Helper()
	library := os.Getenv("GAVEL_STD")
	if library == "" {
		t.Skip("GAVEL_STD names no archives of the standard library")
	}
	if kept[name] == nil {
		l := newLoader(library)
		one, err := l.check(filepath.Base(filepath.Dir(name)), filepath.Dir(name), []string{filepath.Base(name)}, "go1.27")
		if err != nil {
			t.Fatal(err)
		}
		kept[name] = &checkedFile{l, one}
	}
	return kept[name]
}

func saidAbout(t *testing.T, analyzer *analysis.Analyzer, name string) []analysis.Diagnostic {
	t.Helper()
	file := loadFile(t, name)
	r := newRun(file.loader, file.one, newStore(os.Getenv("GAVEL_FACTS")), "1.27")
	r.all([]*analysis.Analyzer{analyzer})
	if err := r.actions[analyzer].err; err != nil {
		t.Fatal(err)
	}
	return r.actions[analyzer].found
}

func compare(t *testing.T, analyzer *analysis.Analyzer, name string) {
	t.Helper()
	found := saidAbout(t, analyzer, name)
	file := loadFile(t, name)
	marks := marksOf(file, file.one.files[0])
	for _, one := range found {
		line := file.loader.fset.Position(one.Pos).Line
		said := one.Category + ": " + one.Message
		if at := matching(marks[line], said); at >= 0 {
			marks[line] = append(marks[line][:at], marks[line][at+1:]...)
			continue
		}
		t.Errorf("%s:%d: nobody wants %q", name, line, said)
	}
	for line, left := range marks {
		for _, mark := range left {
			t.Errorf("%s:%d: nothing is said that matches %q", name, line, mark)
		}
	}
}

func marksOf(file *checkedFile, syntax *ast.File) map[int][]string {
	marks := map[int][]string{}
	for _, group := range syntax.Comments {
		for _, comment := range group.List {
			rest, ok := strings.CutPrefix(comment.Text, "// want ")
			line := file.loader.fset.Position(comment.Pos()).Line
			for _, mark := range wanted.FindAllStringSubmatch(rest, -1) {
				if ok {
					marks[line] = append(marks[line], mark[1])
				}
			}
		}
	}
	return marks
}

func matching(marks []string, said string) int {
	for at, mark := range marks {
		if regexp.MustCompile(mark).MatchString(said) {
			return at
		}
	}
	return -1
}

// TestWhatIsCleanStaysUntouched is about whole programs, each written as an experienced author would.
func TestWhatIsCleanStaysUntouched(t *testing.T) {
	names, _ := filepath.Glob("own/testdata/clean/*.go")
	if len(names) < 40 {
		t.Errorf("there are only %s clean programs", strconv.Itoa(len(names)))
	}
	for _, name := range names {
		for _, one := range own.Checks() {
			for _, found := range saidAbout(t, one.Analyzer, name) {
				t.Errorf("%s:%d: %s: %s", name, loadFile(t, name).loader.fset.Position(found.Pos).Line, found.Category, found.Message)
			}
		}
	}
}
