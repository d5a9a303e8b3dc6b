// Package leak writes down which goroutines can never go on.
package leak

import (
	rec "0rec"
	"bytes"
	"runtime/pprof"
	"strconv"
)

// Write adds the runtime's own profile of leaked goroutines to the record, where the runtime has one.
func Write() {
	var text bytes.Buffer
	if profile := pprof.Lookup("goroutineleak"); profile != nil && profile.WriteTo(&text, 2) == nil {
		rec.Line("L " + strconv.Quote(text.String()))
	}
}
