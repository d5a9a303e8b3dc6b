package main

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
)

// importsOf fills the maps of a vet unit from an import configuration.
func importsOf(config string, unit map[string]any) {
	files, names, standard := unit["PackageFile"].(map[string]string), unit["ImportMap"].(map[string]string), unit["Standard"].(map[string]bool)
	// unsafe has no archive; the checker knows it by this name.
	names["unsafe"], standard["unsafe"] = "unsafe", true
	for _, line := range strings.Split(config, "\n") {
		entry, ok := strings.CutPrefix(line, "packagefile ")
		name, file, cut := strings.Cut(entry, "=")
		if !ok || !cut {
			continue
		}
		files[name], names[name] = file, name
		standard[name] = strings.HasPrefix(file, stdDir+"/")
	}
}

func vetProblems(analyzer string, raw json.RawMessage) []Problem {
	results := []vetResult{}
	if json.Unmarshal(raw, &results) != nil {
		return nil
	}
	found := []Problem{}
	for _, one := range results {
		name, line, column := position(one.Posn)
		_, endLine, endColumn := position(one.End)
		found = append(found, Problem{File: name, Line: line, Column: column, EndLine: endLine, EndColumn: endColumn,
			Rule: analyzer, Message: one.Message, Typed: true})
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Line < found[j].Line })
	return found
}

func position(text string) (string, int, int) {
	parts := strings.Split(text, ":")
	if len(parts) < 3 {
		return strings.TrimPrefix(text, srcDir+"/"), 0, 0
	}
	line, _ := strconv.Atoi(parts[len(parts)-2])
	column, _ := strconv.Atoi(parts[len(parts)-1])
	name := strings.Join(parts[:len(parts)-2], ":")
	return strings.TrimPrefix(name, srcDir+"/"), line, column
}
