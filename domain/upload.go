package domain

import "strings"

// UploadID names a file that a client uploaded: uploadPrefix and what the gateway made up.
type UploadID string

// uploadPrefix keeps the IDs of uploads apart from those of received attachments.
const uploadPrefix = "upload."

// NewUploadID is the ID for random, which must be upper-case letters and digits.
func NewUploadID(random string) UploadID { return UploadID(uploadPrefix + random) }

// ParseUploadID checks the form of an ID. What cannot be one is NotFound, the empty string Invalid.
func ParseUploadID(s string) (UploadID, error) {
	if s == "" {
		return "", Errorf(Invalid, "", "please provide the ID of an upload")
	}
	random, ok := strings.CutPrefix(s, uploadPrefix)
	if !ok || random == "" || len(random) > 64 || strings.ContainsFunc(random, notUploadRune) {
		return "", Errorf(NotFound, "", "no upload with that ID: it was never made, was deleted, or is too old")
	}
	return UploadID(s), nil
}

// IsUploadID reports whether s has the form of an upload's ID.
func IsUploadID(s string) bool {
	_, err := ParseUploadID(s)
	return err == nil
}

func notUploadRune(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }
