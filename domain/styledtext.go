package domain

import (
	"strings"
	"unicode/utf8"
)

// ParseStyledText reads the REST API's markers of style and gives the text without them:
//
//	*italic*  **bold**  ***both***  ~strikethrough~  ||spoiler||  `monospace`
//
// A pair of markers with nothing between them and a marker without partner stay in the text as they are, so nothing but
// markers in force and escapes is ever taken out. Pairs may cross; the styles then
// overlap. Whitespace decides for * and ~ alone: the first of a pair must not
// stand before it, the second not behind it (so "2 * 3" and list items are
// text). A backslash before a marker makes it text, two make one backslash; anywhere else a backslash is text. Between
// backticks everything is text; no pair begins inside a link.
//
// Styles come in the order in which they end, inner ones first. What is no UTF-8 is left as it is.
func ParseStyledText(s string) (text string, styles []TextStyle) {
	if !strings.ContainsAny(s, "*~|`") || !utf8.ValidString(s) {
		return s, nil
	}
	p := styleParser{s: s}
	for i := range p.open {
		p.open[i] = none
	}
	p.scan()
	return p.build()
}

// styleToken is a piece of the source: text, or a marker.
type styleToken struct {
	text   string
	marker styleMarker
	// partner is the other marker of the pair; none for text and for markers without one.
	partner int
	// textBefore counts the bytes of text before it, markers left out.
	textBefore int
	// twin is true for the first of two markers that opened in one run.
	twin bool
}

type styleParser struct {
	s      string
	tokens []styleToken
	text   int
	// open holds the last marker of each spelling that waits for its partner.
	open [markerCount]int
	// inLink is true between http:// and the next whitespace.
	inLink bool
	// unclosed holds lengths of runs of backticks that do not occur further on.
	unclosed map[int]bool
}

func (p *styleParser) scan() {
	start := 0 // of text that is not yet a token
	for i := 0; i < len(p.s); {
		switch c := p.s[i]; c {
		case '\\':
			n := runLength(p.s[i:], '\\')
			end := i + n + markerLength(p.s[i+n:])
			if end == i+n {
				i = end
				continue
			}
			// Of the backslashes before a marker, each two make one; an odd one makes the marker text.
			p.addText(p.s[start : i+n/2])
			i += n
			start = i
			if n%2 == 1 {
				i = end
			}
		case '*', '~', '|':
			n := markerLength(p.s[i:])
			if n == 0 { // a single bar
				i++
				continue
			}
			p.addText(p.s[start:i])
			p.addRun(i, n)
			i += n
			start = i
		case '`':
			n := runLength(p.s[i:], '`')
			if content, after, ok := p.monospace(i+n, n); ok && !p.inLink {
				p.addText(p.s[start:i])
				p.addMonospace(p.s[i:i+n], content)
				i, start = after, after
			} else {
				i += n
			}
		default:
			if c <= ' ' {
				p.inLink = false
			} else if (c == 'h' || c == 'H') && startsLink(p.s[i:]) {
				p.inLink = true
			}
			i++
		}
	}
	p.addText(p.s[start:])
}

func startsLink(s string) bool {
	return len(s) >= 7 && strings.EqualFold(s[:7], "http://") || len(s) >= 8 && strings.EqualFold(s[:8], "https://")
}

func (p *styleParser) addText(s string) {
	if s != "" {
		p.tokens = append(p.tokens, styleToken{text: s, partner: none, textBefore: p.text})
		p.text += len(s)
	}
}

// addMonospace adds content between two runs of backticks.
func (p *styleParser) addMonospace(run, content string) {
	first := len(p.tokens)
	p.tokens = append(p.tokens, styleToken{text: run, marker: backtick, partner: first + 2, textBefore: p.text})
	p.addText(content)
	p.tokens = append(p.tokens, styleToken{text: run, marker: backtick, partner: first, textBefore: p.text})
}

// monospace looks for the run of n backticks that ends monospace text from
// start on. For a single backtick, backslashes before it count as outside.
func (p *styleParser) monospace(start, n int) (content string, after int, ok bool) {
	if p.unclosed[n] {
		return "", 0, false
	}
	var unescaped strings.Builder
	from := start // of content that is not yet in unescaped
	for i := start; ; {
		at := strings.IndexByte(p.s[i:], '`')
		if at < 0 {
			break
		}
		i += at
		run := runLength(p.s[i:], '`')
		slashes := 0
		if n == 1 {
			slashes = len(p.s[from:i]) - len(strings.TrimRight(p.s[from:i], `\`))
			unescaped.WriteString(p.s[from : i-slashes+slashes/2])
			from = i
		}
		if slashes%2 == 0 && run == n {
			if n > 1 {
				unescaped.WriteString(p.s[from:i])
			}
			return unescaped.String(), i + run, true
		}
		i += run
	}
	if p.unclosed == nil {
		p.unclosed = make(map[int]bool)
	}
	p.unclosed[n] = true
	return "", 0, false
}

// build puts the text together and measures the pairs in it.
func (p *styleParser) build() (string, []TextStyle) {
	var (
		text   strings.Builder
		styles []TextStyle
		length UTF16Length
		starts = make([]UTF16Length, len(p.tokens))
	)
	text.Grow(len(p.s))
	literal := func(s string) {
		text.WriteString(s)
		length += UTF16Len(s)
	}
	for i := 0; i < len(p.tokens); i++ {
		t := &p.tokens[i]
		switch {
		case t.partner == none:
			literal(t.text)
		case t.partner > i:
			// Where only one of two markers in one run is in force, the other stands before it.
			if t.twin && p.tokens[i+1].partner == none {
				literal(p.tokens[i+1].text)
				starts[i] = length
				i++
				continue
			}
			starts[i] = length
		default:
			start := starts[t.partner]
			styles = append(styles, TextStyle{Start: start, Length: length - start, Style: markerStyles[t.marker]})
		}
	}
	return text.String(), styles
}
