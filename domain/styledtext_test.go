package domain_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"heliograph/domain"
)

func readTestdata[T any](t testing.TB, name string) T {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// styledCase is one recorded exchange of the reference; those marked defect
// (DEFECTS 32) hold what is right instead of what was recorded.
type styledCase struct {
	Name, Input, Text string
	Styles            []string
	Defect            bool
}

func stylesOf(styles []domain.TextStyle) []string {
	s := []string{}
	for _, style := range styles {
		s = append(s, style.String())
	}
	return s
}

func TestDefect32StyledTextAsRecordedWithoutLosses(t *testing.T) {
	cases := readTestdata[[]styledCase](t, "styled.json")
	if len(cases) < 40 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			text, styles := domain.ParseStyledText(c.Input)
			if text != c.Text {
				t.Errorf("text %q, want %q", text, c.Text)
			}
			if diff := cmp.Diff(c.Styles, stylesOf(styles)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStyledText(t *testing.T) {
	for _, c := range []struct {
		name, input, text, styles string
	}{
		{"arithmetic twice", "2 * 3 * 4 = 24", "2 * 3 * 4 = 24", ""},
		{"about twice", "~5 or ~6", "~5 or ~6", ""},
		{"a list with a style", "* *one* x\n* two", "* one x\n* two", "2:3:ITALIC"},
		{"italic opens again", "*a *b*", "*a b", "3:1:ITALIC"},
		{"bold and italic end apart", "**a *b***", "a b", "2:1:ITALIC 0:3:BOLD"},
		{"bold ends first", "***a** b*", "a b", "0:1:BOLD 0:3:ITALIC"},
		{"italic ends first", "***a* b**", "a b", "0:1:ITALIC 0:3:BOLD"},
		{"bold of both in force", "***a**", "*a", "1:1:BOLD"},
		{"italic of both in force", "***a*", "**a", "2:1:ITALIC"},
		{"bold in force, three at the end", "**a***", "a*", "0:1:BOLD"},
		{"italic in force, three at the end", "*a***", "a**", "0:1:ITALIC"},
		{"bold ends, italic begins", "**a***b*", "ab", "0:1:BOLD 1:1:ITALIC"},
		{"italic ends, bold begins", "*a***b**", "ab", "0:1:ITALIC 1:1:BOLD"},
		{"bold ends, bold begins", "**a****b**", "ab", "0:1:BOLD 1:1:BOLD"},
		{"two tildes", "~~a~~", "a", "0:1:STRIKETHROUGH"},
		{"three tildes", "~~~a~~~", "~~~a~~~", ""},
		{"empty pairs", "**** |||| ~~ ``", "**** |||| ~~ ``", ""},
		{"a pair with nothing but a pair", "**||**||", "**||**||", ""},
		{"an empty pair before a full one", "||||a||", "||a", "2:1:SPOILER"},
		{"spaces in a spoiler", "|| a ||", " a ", "0:3:SPOILER"},
		{"one bar", "a | b \\| c *d*", "a | b \\| c d", "11:1:ITALIC"},
		{"three bars", "|||a||", "|a", "0:2:SPOILER"},
		{"escape of a backtick in monospace", "`a\\`b` c`", "a`b c`", "0:3:MONOSPACE"},
		{"backslash at the end of monospace", "`a\\\\` c", "a\\ c", "0:2:MONOSPACE"},
		{"backslashes in monospace", "`\\d\\\\d\\*`", "\\d\\\\d\\*", "0:7:MONOSPACE"},
		{"code block", "```a `b` *c*```", "a `b` *c*", "0:9:MONOSPACE"},
		{"monospace in bold", "**a `*b*` c**", "a *b* c", "2:3:MONOSPACE 0:7:BOLD"},
		{"bold across monospace", "**`a**`", "**a**", "2:3:MONOSPACE"},
		{"backslashes without marker", `\\server\share`, `\\server\share`, ""},
		{"backslashes and a marker elsewhere", `\\server\share *x*`, `\\server\share x`, "15:1:ITALIC"},
		{"escaped marker after escaped backslash", `\\\*x*`, `\*x*`, ""},
		{"two links with tildes", "https://a/~x https://b/~y", "https://a/~x https://b/~y", ""},
		{"style begins in no link", "HTTP://a/**x** `c`", "HTTP://a/**x** c", "15:1:MONOSPACE"},
		{"a link in bold", "**https://example.org**", "https://example.org", "0:19:BOLD"},
		{"two styles on one emoji", "||**👋**||", "👋", "0:2:BOLD 0:2:SPOILER"},
		{"no UTF-8", "\xd1*\x9e*", "\xd1*\x9e*", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, styles := domain.ParseStyledText(c.input)
			if text != c.text {
				t.Errorf("text %q, want %q", text, c.text)
			}
			if got := strings.Join(stylesOf(styles), " "); got != c.styles {
				t.Errorf("styles %q, want %q", got, c.styles)
			}
		})
	}
}

func TestUTF16Len(t *testing.T) {
	for s, want := range map[string]domain.UTF16Length{"": 0, "a": 1, "\u00e9": 1, "e\u0301": 2, "👋": 2, "👋🏾": 4, "\xff": 1} {
		if got := domain.UTF16Len(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

// withoutMarkers is what must come through any parse: all but the characters of markers and escapes.
func withoutMarkers(s string) string {
	return strings.NewReplacer("*", "", "~", "", "|", "", "`", "", `\`, "").Replace(s)
}

func FuzzParseStyledText(f *testing.F) {
	for _, c := range readTestdata[[]styledCase](f, "styled.json") {
		f.Add(c.Input)
	}
	f.Add("***a*b~~`c\\`||👋||`")
	f.Add("\xd1*\x9e*")
	f.Fuzz(func(t *testing.T, s string) {
		text, styles := domain.ParseStyledText(s)
		if !strings.ContainsAny(s, "*~|`") && (text != s || styles != nil) {
			t.Errorf("%q without markers became %q", s, text)
		}
		if len(styles) == 0 && !strings.Contains(s, `\`) && text != s {
			t.Errorf("%q without styles became %q", s, text)
		}
		if got, want := withoutMarkers(text), withoutMarkers(s); got != want {
			t.Errorf("%q lost something: %q", s, text)
		}
		units := utf16.Encode([]rune(text))
		if domain.UTF16Len(text) != domain.UTF16Length(len(units)) {
			t.Fatalf("%q has %d units, not %d", text, len(units), domain.UTF16Len(text))
		}
		border := func(i int) bool { return i == len(units) || units[i] < 0xDC00 || units[i] > 0xDFFF }
		for _, style := range styles {
			start, end := int(style.Start), int(style.Start+style.Length)
			if start < 0 || end <= start || end > len(units) || !border(start) || !border(end) {
				t.Errorf("%q: style %v does not fit %q", s, style, text)
			}
		}
	})
}
