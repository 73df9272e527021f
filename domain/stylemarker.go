package domain

import (
	"unicode"
	"unicode/utf8"
)

// styleMarker is a marker of one spelling; only equal ones make a pair.
type styleMarker int

const (
	noMarker styleMarker = iota
	asterisk
	twoAsterisks
	tilde
	twoTildes
	twoBars
	backtick
	markerCount
)

var markerStyles = [markerCount]Style{
	asterisk: Italic, twoAsterisks: Bold, tilde: Strikethrough, twoTildes: Strikethrough,
	twoBars: Spoiler, backtick: Monospace,
}

var markerText = [markerCount]string{asterisk: "*", twoAsterisks: "**", tilde: "~", twoTildes: "~~", twoBars: "||"}

const none = -1

func runLength(s string, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}

// markerLength is the length of the run of markers at the start of s, 0 for none: two bars, or all that follow of the others.
func markerLength(s string) int {
	if s == "" {
		return 0
	}
	switch c := s[0]; c {
	case '*', '~', '`':
		return runLength(s, c)
	case '|':
		if len(s) > 1 && s[1] == '|' {
			return 2
		}
	}
	return 0
}

// addRun takes the n equal marker characters at i as markers.
func (p *styleParser) addRun(i, n int) {
	before, _ := utf8.DecodeLastRuneInString(p.s[:i])
	after, _ := utf8.DecodeRuneInString(p.s[i+n:])
	more := i+n < len(p.s) && !p.inLink
	opens, closes := more && !unicode.IsSpace(after), !unicode.IsSpace(before)
	switch p.s[i] {
	case '|':
		p.addMarker(twoBars, more, true)
	case '~':
		switch n {
		case 1:
			p.addMarker(tilde, opens, closes)
		case 2:
			p.addMarker(twoTildes, opens, closes)
		default:
			p.addText(p.s[i : i+n])
		}
	case '*':
		for ; n > 3; n -= 2 {
			p.addMarker(twoAsterisks, more, true)
		}
		switch n {
		case 1:
			p.addMarker(asterisk, opens, closes)
		case 2:
			p.addMarker(twoAsterisks, more, true)
		case 3:
			p.addBoldItalic(opens, more, closes)
		}
	}
}

// addBoldItalic takes three asterisks: what is open ends, the later one first, and the rest begins.
func (p *styleParser) addBoldItalic(opens, opensBold, closes bool) {
	bold, italic := p.canClose(twoAsterisks), closes && p.canClose(asterisk)
	switch {
	case bold && (!italic || p.open[twoAsterisks] > p.open[asterisk]):
		p.addMarker(twoAsterisks, false, true)
		p.addMarker(asterisk, opens, closes)
	case italic:
		p.addMarker(asterisk, false, true)
		p.addMarker(twoAsterisks, opensBold, true)
	default:
		p.addMarker(asterisk, opens, false)
		p.tokens[len(p.tokens)-1].twin = true
		p.addMarker(twoAsterisks, opens, false)
	}
}

// canClose reports whether a pair would hold text.
func (p *styleParser) canClose(m styleMarker) bool {
	return p.open[m] != none && p.tokens[p.open[m]].textBefore < p.text
}

// addMarker ends the open pair, else begins one, else it is left without partner.
func (p *styleParser) addMarker(m styleMarker, opens, closes bool) {
	token := styleToken{text: markerText[m], marker: m, partner: none, textBefore: p.text}
	switch {
	case closes && p.canClose(m):
		token.partner = p.open[m]
		p.tokens[token.partner].partner = len(p.tokens)
		p.open[m] = none
	case opens:
		p.open[m] = len(p.tokens)
	}
	p.tokens = append(p.tokens, token)
}
