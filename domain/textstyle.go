package domain

import "fmt"

// UTF16Length counts UTF-16 code units, in which Signal measures positions in a text.
type UTF16Length int

// UTF16Len is the length of s in UTF-16 code units; a byte that is no UTF-8 counts as one.
func UTF16Len(s string) UTF16Length {
	n := UTF16Length(0)
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// Style is how a part of a text looks, in signal-cli's words.
type Style string

// The styles.
const (
	Bold          Style = "BOLD"
	Italic        Style = "ITALIC"
	Spoiler       Style = "SPOILER"
	Strikethrough Style = "STRIKETHROUGH"
	Monospace     Style = "MONOSPACE"
)

// TextStyle is a style on a part of a text. The part is never empty. Parts may overlap.
type TextStyle struct {
	Start, Length UTF16Length
	Style         Style
}

// String is signal-cli's form, `start:length:STYLE`.
func (t TextStyle) String() string { return fmt.Sprintf("%d:%d:%s", t.Start, t.Length, t.Style) }
