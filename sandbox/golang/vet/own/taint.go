package own

import (
	"regexp"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// taint follows what an asker sends to where it does harm.
var taint = &analysis.Analyzer{Name: "taint", Doc: "text of an asker reaches a place where it does harm",
	Requires: []*analysis.Analyzer{programs}, Run: runTaint}

var taintRules = []string{"sqlconcat", "cmdconcat", "pathjoin", "ssrf", "redirect", "xss", "loginject", "templateinject"}

// sink is one call of the package that may do harm.
type sink struct {
	*program
	call   ssa.CallInstruction
	name   string
	common *ssa.CallCommon
	args   []ssa.Value
}

func runTaint(pass *analysis.Pass) (any, error) {
	p := programOf(pass)
	p.each(func(one ssa.Instruction) {
		switch one := one.(type) {
		case ssa.CallInstruction:
			common := one.Common()
			s := &sink{p, one, nameOfCall(common), common, argumentsOf(common)}
			if s.name != "" && len(s.args) > 0 {
				s.look()
			}
		case *ssa.ChangeType:
			p.markup(one, one.X)
		case *ssa.Convert:
			p.markup(one, one.X)
		}
	})
	return nil, nil
}

var (
	queryNames   = regexp.MustCompile(`\)\.(Query|QueryRow|Exec|Prepare)(Context)?$`)
	commandNames = regexp.MustCompile(`^os/exec\.Command(Context)?$`)
	pathNames    = regexp.MustCompile(`^(os\.(Open|OpenFile|ReadFile|WriteFile|Create|Remove|RemoveAll|Mkdir|MkdirAll|Rename|ReadDir|Symlink|Link|Truncate|Chmod)|` +
		`net/http\.ServeFile|io/ioutil\.(ReadFile|WriteFile|ReadDir)|(html|text)/template\.ParseFiles)$`)
	addressNames = regexp.MustCompile(`^(net/http\.(Get|Post|PostForm|Head|NewRequest(WithContext)?)|\(\*net/http\.Client\)\.(Get|Post|PostForm|Head)|` +
		`net/http/httputil\.NewSingleHostReverseProxy|net\.Dial(Timeout)?)$`)
	logNames = regexp.MustCompile(`^(log\.|\(\*log\.Logger\)\.)(Print|Fatal|Panic)(f|ln)?$`)
)

// look tells the call by its name to the one who knows about it.
func (s *sink) look() {
	switch {
	case queryNames.MatchString(s.name):
		s.query()
	case commandNames.MatchString(s.name):
		s.command()
	case pathNames.MatchString(s.name):
		s.path()
	case addressNames.MatchString(s.name):
		s.address()
	case logNames.MatchString(s.name):
		s.log()
	case s.name == "net/http.Redirect":
		s.redirect(s.args[2])
	case s.name == "(net/http.Header).Set" && len(s.args) == 2:
		if key, _ := constantText(s.args[0]); key == "Location" {
			s.redirect(s.args[1])
		}
	case writingPages.MatchString(s.name):
		s.page()
	case templateText.MatchString(s.name):
		s.template()
	}
}

func (s *sink) origin(value ssa.Value, why *purpose) origin {
	return s.originOf(value, s.call.Block(), why)
}

var redirecting = &purpose{leads: true, testing: regexp.MustCompile(`^strings\.(HasPrefix|Contains|Index.*)$`)}

func (s *sink) redirect(target ssa.Value) {
	if s.origin(target, redirecting)&(fromQuery|fromBody) != 0 {
		proven(s.pass, point(s.call.Pos()), "redirect", "the asker chooses where %s leads", shortName(s.name))
	}
}

var asking = &purpose{leads: true, testing: regexp.MustCompile(`^(net\.Lookup.*|\(.*net\.IP\)\..*)$`)}

func (s *sink) address() {
	for _, argument := range s.args {
		if !isText(argument.Type()) && nameOf(argument.Type()) != "net/url.URL" {
			continue
		}
		if _, fixed := constantText(argument); fixed {
			continue
		}
		switch found := s.origin(argument, asking); {
		case s.name == "net.Dial" || s.name == "net.DialTimeout":
			if found&(fromQuery|fromBody) != 0 {
				likely(s.pass, point(s.call.Pos()), "ssrf", "the asker chooses the address that %s connects to", shortName(s.name))
			}
		case found&(fromQuery|fromBody) != 0:
			proven(s.pass, point(s.call.Pos()), "ssrf", "the asker chooses the address that %s asks", shortName(s.name))
		}
		return
	}
}

var logging = &purpose{testing: regexp.MustCompile(`^strings\.Contains.*$`)}

// log is about line breaks in what is logged; a verb that quotes keeps them out.
func (s *sink) log() {
	values := []piece{}
	if s.name[len(s.name)-1] == 'f' {
		values = formatted(s.common, 0)
	} else {
		for _, one := range variadic(s.args[0]) {
			values = append(values, piece{value: bare(one), verb: 'v'})
		}
	}
	for _, one := range values {
		if one.value != nil && (one.verb == 's' || one.verb == 'v') && isText(one.value.Type()) &&
			s.origin(one.value, logging)&(fromQuery|fromBody|fromConn) != 0 {
			likely(s.pass, point(s.call.Pos()), "loginject", "line breaks that the asker sends reach the log")
			return
		}
	}
}

var (
	templateText = regexp.MustCompile(`^\(\*(html|text)/template\.Template\)\.Parse$`)
	templating   = &purpose{}
)

func (s *sink) template() {
	if s.origin(s.args[0], templating)&(fromQuery|fromBody|fromConn) != 0 {
		proven(s.pass, point(s.call.Pos()), "templateinject", "the asker writes the template")
	}
}

var paths = &purpose{paths: true, cleaning: regexp.MustCompile(`^path(/filepath)?\.Base$|^path/filepath\.(Localize|EvalSymlinks)$`),
	testing: regexp.MustCompile(`^(path/filepath\.(IsLocal|Rel|EvalSymlinks|Localize|Match)|path\.Match|io/fs\.ValidPath|strings\.(HasPrefix|Contains.*|Index.*|Count))$`)}

func (s *sink) path() {
	for _, argument := range s.args {
		if !isText(argument.Type()) || isBytes(argument.Type()) {
			continue
		}
		found := s.origin(argument, paths)
		if found&foreign != 0 {
			proven(s.pass, point(joinedAt(argument, s.call)), "pathjoin", "a name that %s reaches %s without a check", sender(found), shortName(s.name))
			return
		}
	}
}

func sender(found origin) string {
	switch {
	case found&fromArchive != 0:
		return "the archive holds"
	case found&fromConn != 0:
		return "comes over a connection"
	}
	return "the asker sends"
}
