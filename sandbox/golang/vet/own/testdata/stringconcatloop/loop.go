package stringconcatloop

import "strings"

type page struct{ text string }

func join(parts []string, p *page) string {
	all := ""
	for _, part := range parts {
		all += part            // want `^stringconcatloop`
		p.text = p.text + part // want `^stringconcatloop`
		line := "- "
		line += part
		p.text = line
	}
	return all
}

func built(parts []string) string {
	out := strings.Builder{}
	for _, part := range parts {
		out.WriteString(part)
	}
	head := "a"
	head += "b"
	return head + out.String()
}
