package domain

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxAttachmentHeader bounds what may stand before the base64 of an attachment, in bytes.
const MaxAttachmentHeader = 4096

// AttachmentHeader is what a client says of an attachment before its content; each field may be empty.
type AttachmentHeader struct {
	// FileName is as the client spelled it, so it may be a path: see SafeFileName.
	FileName string
	// ContentType is a media type without parameters, lower case, such as image/png.
	ContentType string
}

// ParseAttachmentHeader reads what stands before the base64 in the three forms of the REST API:
//
//	<base64>
//	data:<type>;base64,<base64>
//	data:<type>;filename=<name>;base64,<base64>
//
// The type may be empty, and more parameters may stand there. s is the whole
// value or at least its first MaxAttachmentHeader bytes; the base64 begins at
// s[length:] and is not looked at. Errors are Invalid, and TooLarge for a header
// that does not end in time.
func ParseAttachmentHeader(s string) (header AttachmentHeader, length int, err error) {
	const scheme, mark = "data:", ";base64,"
	if len(s) < len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return AttachmentHeader{}, 0, nil
	}
	end := indexFold(s[:min(len(s), MaxAttachmentHeader)], mark)
	switch {
	case end < 0 && len(s) >= MaxAttachmentHeader:
		return AttachmentHeader{}, 0, Errorf(TooLarge, "", "data URI has no %q within its first %d bytes", mark, MaxAttachmentHeader)
	case end < 0:
		return AttachmentHeader{}, 0, Errorf(Invalid, "", "data URI without %q: attachments must be base64", mark)
	case !utf8.ValidString(s[:end]):
		return AttachmentHeader{}, 0, Errorf(Invalid, "", "data URI is not UTF-8")
	}
	mediaType, parameters, _ := strings.Cut(s[len(scheme):end], ";")
	if isMediaType(mediaType) {
		header.ContentType = strings.ToLower(mediaType)
	}
	for parameter := range strings.SplitSeq(parameters, ";") {
		if name, value, ok := strings.Cut(parameter, "="); ok && strings.EqualFold(name, "filename") {
			header.FileName = value
		}
	}
	return header, end + len(mark), nil
}

// indexFold is strings.Index for an ASCII substr in any letter case.
func indexFold(s, substr string) int {
	for i := 0; i+len(substr) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(substr)], substr) {
			return i
		}
	}
	return -1
}

// isMediaType reports whether s has the form type/subtype.
func isMediaType(s string) bool {
	main, sub, ok := strings.Cut(s, "/")
	return ok && main != "" && sub != "" && len(s) <= 127 && strings.IndexFunc(main+sub, notMediaTypeRune) < 0
}

func notMediaTypeRune(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$&-^_.+", r)
}

// maxFileName is the longest name that common file systems take, in bytes.
const maxFileName = 255

// SafeFileName is the base name of FileName, which a file in a folder of ours
// may bear; false when there is none: it is empty, `.` or `..`, too long, no UTF-8, or holds control characters.
func (h AttachmentHeader) SafeFileName() (string, bool) {
	name := path.Base(strings.ReplaceAll(h.FileName, `\`, "/"))
	if h.FileName == "" || !isFileName(name) {
		return "", false
	}
	return name, true
}

// isFileName reports whether name can be one element of a path and nothing else.
func isFileName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= maxFileName && utf8.ValidString(name) &&
		!strings.ContainsAny(name, `/\`) && strings.IndexFunc(name, unicode.IsControl) < 0
}

// StoredName is the name of the file that keeps the attachment, which is also what the
// recipient sees: the client's own where it is safe, else made (a name without
// extension, of the caller's making) with an extension by the content. detected is the
// extension that the content suggests, with dot, or empty; what the client
// said of the type counts only then.
func (h AttachmentHeader) StoredName(made, detected string) string {
	if name, ok := h.SafeFileName(); ok {
		return name
	}
	if detected == "" {
		detected = typeExtensions[h.ContentType]
	}
	return made + detected
}

// typeExtensions are for content that does not tell its type; signal-cli tells recipients the type by the extension.
var typeExtensions = map[string]string{
	"application/gzip": ".gz", "application/json": ".json", "application/pdf": ".pdf", "application/zip": ".zip",
	"audio/aac": ".aac", "audio/mp4": ".m4a", "audio/mpeg": ".mp3", "audio/ogg": ".oga", "audio/wav": ".wav",
	"image/gif": ".gif", "image/jpeg": ".jpg", "image/png": ".png", "image/svg+xml": ".svg", "image/webp": ".webp",
	"text/calendar": ".ics", "text/csv": ".csv", "text/html": ".html", "text/plain": ".txt", "text/vcard": ".vcf",
	"video/3gpp": ".3gp", "video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm",
}

// AttachmentID names a received attachment: the name of a file in the backend's folder of attachments.
type AttachmentID string

// ParseAttachmentID checks that s can only name a file in that folder. What
// cannot is NotFound, as no attachment has such a name; the empty string is Invalid.
func ParseAttachmentID(s string) (AttachmentID, error) {
	switch {
	case s == "":
		return "", Errorf(Invalid, "", "please provide the ID of an attachment")
	case !isFileName(s), strings.Contains(s, ".."):
		return "", Errorf(NotFound, "", "no attachment with that name found")
	}
	return AttachmentID(s), nil
}

// IsTaggedMP3 reports whether content begins with the tag of an MP3 (ID3v2), which
// is enough for the recorded type though libraries ask for a frame of sound behind it.
func IsTaggedMP3(start []byte) bool { return len(start) >= 3 && string(start[:3]) == "ID3" }
