package child

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// knownLines are the messages of signal-cli 0.13.19 at level info and above, as its program holds them: one a line, {} for
// a value of any kind, # for a number that names nobody.
//
//go:embed known.txt
var knownLines string

// template is a message of signal-cli's log that is known.
type template struct {
	pattern *regexp.Regexp
	text    []string // around the values
}

// templates are all that are known; those with most text come first, since a value may be anything.
var templates = sync.OnceValue(func() (all []template) {
	lines := strings.Split(strings.TrimSpace(knownLines), "\n")
	slices.SortStableFunc(lines, func(a, b string) int { return len(b) - len(a) })
	for _, line := range lines {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(line), "#", `(-?\d{1,12})`)
		pattern = strings.ReplaceAll(pattern, `\{\}`, `(.*)`)
		all = append(all, template{regexp.MustCompile(`(?s)^` + pattern + `$`), placeholder.Split(line, -1)})
	}
	return all
})

var (
	placeholder = regexp.MustCompile(`\{\}|#`)
	number      = regexp.MustCompile(`^-?\d{1,4}$`)
	// exception is the name of a Java class of failures, with its package, so that no other word is taken for one.
	exception = regexp.MustCompile(`\b(?:java|javax|org|okhttp3)(?:\.[a-z]\w{0,30}){1,6}\.[A-Z]\w{0,60}(?:Exception|Error)\b`)
)

// Known gives what of message may stand in our log: nothing unless it is one that signal-cli is known to write, since
// others may hold names, numbers or what people wrote, at any place. Of the values in it only short
// numbers and the names of Java's exceptions are left.
func Known(message string) (text string, ok bool) {
	for _, t := range templates() {
		m := t.pattern.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		var b strings.Builder
		b.WriteString(t.text[0])
		for i, value := range m[1:] {
			b.WriteString(harmless(value))
			b.WriteString(t.text[i+1])
		}
		return b.String(), true
	}
	return "", false
}

func harmless(value string) string {
	if number.MatchString(value) {
		return value
	}
	if name := exception.FindString(value); name != "" {
		return name
	}
	return "…"
}
