package domain_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"heliograph/domain"
)

func TestParseAttachmentHeader(t *testing.T) {
	for _, c := range []struct {
		name, s    string
		want       domain.AttachmentHeader
		rest       string
		wantStored string // with "made" and the extension .png detected
	}{
		{"base64 alone", "iVBORw0KGgo=", domain.AttachmentHeader{}, "iVBORw0KGgo=", "made.png"},
		{"empty", "", domain.AttachmentHeader{}, "", "made.png"},
		{"shorter than the scheme", "data", domain.AttachmentHeader{}, "data", "made.png"},
		{"type", "data:image/png;base64,iVBO", domain.AttachmentHeader{ContentType: "image/png"}, "iVBO", "made.png"},
		{"type that the content is not", "data:application/pdf;base64,iVBO", domain.AttachmentHeader{ContentType: "application/pdf"}, "iVBO", "made.png"},
		{"type and name", "data:image/png;filename=pic.png;base64,iVBO",
			domain.AttachmentHeader{ContentType: "image/png", FileName: "pic.png"}, "iVBO", "pic.png"},
		{"name without extension", "data:text/plain;filename=README;base64,eA==",
			domain.AttachmentHeader{ContentType: "text/plain", FileName: "README"}, "eA==", "README"},
		{"name without type", "data:;filename=x.txt;base64,eA==", domain.AttachmentHeader{FileName: "x.txt"}, "eA==", "x.txt"},
		{"charset", "data:text/plain;charset=utf-8;filename=x.txt;base64,eA==",
			domain.AttachmentHeader{ContentType: "text/plain", FileName: "x.txt"}, "eA==", "x.txt"},
		{"nothing said", "data:;base64,eA==", domain.AttachmentHeader{}, "eA==", "made.png"},
		{"upper case", "DATA:IMAGE/PNG;FileName=A.PNG;BASE64,eA==", domain.AttachmentHeader{ContentType: "image/png", FileName: "A.PNG"}, "eA==", "A.PNG"},
		{"comma and spaces in the name", "data:text/plain;filename=a, b.txt;base64,eA==",
			domain.AttachmentHeader{ContentType: "text/plain", FileName: "a, b.txt"}, "eA==", "a, b.txt"},
		{"equals sign in the name", "data:;filename=a=b.txt;base64,", domain.AttachmentHeader{FileName: "a=b.txt"}, "", "a=b.txt"},
		{"type that is none", "data:x;base64,eA==", domain.AttachmentHeader{}, "eA==", "made.png"},
		{"content that looks like a mark", "data:;base64,eA;base64,", domain.AttachmentHeader{}, "eA;base64,", "made.png"},
	} {
		t.Run(c.name, func(t *testing.T) {
			header, n, err := domain.ParseAttachmentHeader(c.s)
			if err != nil {
				t.Fatal(err)
			}
			if header != c.want || c.s[n:] != c.rest {
				t.Errorf("%+v and %q, want %+v and %q", header, c.s[n:], c.want, c.rest)
			}
			if got := header.StoredName("made", ".png"); got != c.wantStored {
				t.Errorf("stored as %q, want %q", got, c.wantStored)
			}
		})
	}
}

func TestParseAttachmentHeaderRefuses(t *testing.T) {
	long := "data:text/plain;filename=" + strings.Repeat("x", domain.MaxAttachmentHeader)
	for _, c := range []struct {
		name, s string
		want    domain.Kind
	}{
		{"not base64", "data:text/plain,hello", domain.Invalid},
		{"no end", "data:image/png;base64", domain.Invalid},
		{"no UTF-8", "data:;filename=\xff;base64,", domain.Invalid},
		{"no end in time", long, domain.TooLarge},
		{"the end comes too late", long + ";base64,eA==", domain.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := domain.ParseAttachmentHeader(c.s)
			if err == nil || domain.KindOf(err) != c.want {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func TestDefect19AttachmentNamesAreNoPaths(t *testing.T) {
	for name, want := range map[string]string{
		"pic.png":                       "pic.png",
		".hidden":                       ".hidden",
		"-rf":                           "-rf",
		"übung 1.pdf":                   "übung 1.pdf",
		"../../config/victim.txt":       "victim.txt",
		"a/b.txt":                       "b.txt",
		"/etc/passwd":                   "passwd",
		`C:\Users\x\y.doc`:              "y.doc",
		"a/b/":                          "b",
		"":                              "made.txt",
		".":                             "made.txt",
		"..":                            "made.txt",
		"a/..":                          "made.txt",
		"/":                             "made.txt",
		`\`:                             "made.txt",
		"a\x00b":                        "made.txt",
		"a\nb":                          "made.txt",
		"a\u0085b":                      "made.txt",
		"\xff":                          "made.txt",
		strings.Repeat("x", 255):        strings.Repeat("x", 255),
		strings.Repeat("x", 256):        "made.txt",
		"dir/" + strings.Repeat("x", 9): "xxxxxxxxx",
	} {
		if got := (domain.AttachmentHeader{FileName: name}).StoredName("made", ".txt"); got != want {
			t.Errorf("%q is stored as %q, want %q", name, got, want)
		}
	}
}

func TestStoredNameWithoutDetectedType(t *testing.T) {
	for contentType, want := range map[string]string{"text/csv": "made.csv", "application/x-unknown": "made", "": "made"} {
		if got := (domain.AttachmentHeader{ContentType: contentType}).StoredName("made", ""); got != want {
			t.Errorf("%q is stored as %q, want %q", contentType, got, want)
		}
	}
}

func TestDefect20AttachmentIDs(t *testing.T) {
	for s, want := range map[string]domain.Kind{
		"": domain.Invalid, ".": domain.NotFound, "..": domain.NotFound, "../x": domain.NotFound, "a/b": domain.NotFound,
		`a\b`: domain.NotFound, "..%2Fjsonrpc2.yml": domain.NotFound, "a\x00": domain.NotFound, "\xff": domain.NotFound,
		strings.Repeat("x", 256): domain.NotFound,
	} {
		if id, err := domain.ParseAttachmentID(s); err == nil || domain.KindOf(err) != want {
			t.Errorf("%q: %q, %v, want %v", s, id, err, want)
		}
	}
	for _, s := range []string{"hR7kPz2mQe.jpg", "vN4tXc9dLa", "-x_y.z", "a b.txt", ".x"} {
		if id, err := domain.ParseAttachmentID(s); err != nil || string(id) != s {
			t.Errorf("%q: %q, %v", s, id, err)
		}
	}
}

func FuzzParseAttachmentHeader(f *testing.F) {
	f.Add("data:image/png;filename=../pic.png;base64,iVBORw0KGgo=")
	f.Add("iVBORw0KGgo=")
	f.Fuzz(func(t *testing.T, s string) {
		header, n, err := domain.ParseAttachmentHeader(s)
		if err != nil {
			if kind := domain.KindOf(err); kind != domain.Invalid && kind != domain.TooLarge {
				t.Error(err)
			}
			return
		}
		if n < 0 || n > len(s) || n > domain.MaxAttachmentHeader+len(";base64,") {
			t.Fatalf("header of %d bytes in %q", n, s)
		}
		if n > 0 && !strings.EqualFold(s[n-len(";base64,"):n], ";base64,") {
			t.Errorf("%q begins at %q", s, s[n:])
		}
		name := header.StoredName("made", ".bin")
		if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00\n") || len(name) > 255 || !utf8.ValidString(name) {
			t.Errorf("%q is stored as %q", s, name)
		}
		prefix := s[:min(len(s), domain.MaxAttachmentHeader)]
		if short, m, err := domain.ParseAttachmentHeader(prefix); err != nil || short != header || m != n {
			t.Errorf("the first bytes alone give %+v, %d, %v", short, m, err)
		}
	})
}
