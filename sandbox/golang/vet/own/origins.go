package own

import (
	"go/types"
	"regexp"

	"golang.org/x/tools/go/ssa"
)

var (
	queryCalls = regexp.MustCompile(`^\(\*net/http\.Request\)\.(FormValue|PostFormValue|PathValue|Cookie|Cookies|UserAgent|Referer|BasicAuth|FormFile|MultipartReader)$`)
	userCalls  = regexp.MustCompile(`^(os\.(Getenv|LookupEnv|Environ)|flag\.(String|Arg|Args)|\(\*flag\.FlagSet\)\.(String|Arg|Args))$`)
	// Calls of the library whose result holds the text of their arguments.
	passing = regexp.MustCompile(`^(strings\.|bytes\.|fmt\.(Sprint|Append)|path\.|path/filepath\.|net/url\.|bufio\.|io\.|append$|slices\.|maps\.|` +
		`encoding/(json|xml|gob|base64|hex|csv)\.(NewDecoder|NewReader|DecodeString)|net/http\.(MaxBytesReader|CanonicalHeaderKey)|net\.JoinHostPort|` +
		`\(\*?(strings|bytes|bufio|net/url|mime/multipart|net/textproto|encoding/csv|encoding/base64)\.|\(net/http\.Header\)\.|\(\*net/http\.Cookie\)\.|` +
		`\(io\.[A-Za-z]*Reader\)|context\.|text/template\.|html/template\.|os\.Expand|cmp\.Or)`)
)

func callOrigin(name string) origin {
	switch {
	case queryCalls.MatchString(name):
		return fromQuery
	case userCalls.MatchString(name):
		return fromUser
	}
	return 0
}

var fieldOrigins = map[string]map[string]origin{
	"net/http.Request": {"URL": fromPath, "Host": fromPath, "RequestURI": fromPath, "Form": fromQuery, "PostForm": fromQuery,
		"MultipartForm": fromQuery, "Header": fromQuery, "Trailer": fromQuery, "Body": fromBody},
	"archive/zip.FileHeader":    {"Name": fromArchive},
	"archive/tar.Header":        {"Name": fromArchive, "Linkname": fromArchive},
	"mime/multipart.FileHeader": {"Filename": fromQuery},
}

// fieldOrigin tells whether a field of the library holds what others send.
func fieldOrigin(of types.Type, number int) origin {
	kind, ok := pointed(of).Underlying().(*types.Struct)
	if !ok {
		return 0
	}
	return fieldOrigins[nameOf(pointed(of))][kind.Field(number).Name()]
}

func globalOrigin(global *ssa.Global) origin {
	switch global.String() {
	case "os.Args", "os.Stdin":
		return fromUser
	}
	return elsewhere
}

var connections = map[string]bool{"net.Conn": true, "net.TCPConn": true, "net.UDPConn": true, "net.PacketConn": true, "crypto/tls.Conn": true}

// isConnection tells whether a value is a connection that somebody else opened.
func isConnection(value ssa.Value) bool {
	if !connections[nameOf(value.Type())] {
		return false
	}
	call, ok := value.(*ssa.Extract)
	if !ok {
		return true
	}
	made, ok := call.Tuple.(*ssa.Call)
	return !ok || !dialing.MatchString(nameOfCall(&made.Call))
}

var dialing = regexp.MustCompile(`(^|\.)Dial`)
