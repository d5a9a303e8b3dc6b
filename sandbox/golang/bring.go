package main

import "io"

// brought gives what a program left in the work folder under names that we asked for; what is no
// plain file there is left out.
func brought(request *Request) map[string][]byte {
	found := map[string][]byte{}
	for _, name := range request.Bring {
		file, err := openResult(workDir, name)
		if err != nil {
			continue
		}
		if data, err := io.ReadAll(io.LimitReader(file, request.BringBytes+1)); err == nil {
			found[name] = data
		}
		file.Close()
	}
	return found
}
