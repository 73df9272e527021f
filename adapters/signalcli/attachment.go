package signalcli

import (
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"heliograph/domain"
)

// MaxString bounds one text in a call, in bytes: signal-cli reads 20,000,000 characters at most and closes the
// connection without an answer beyond that.
const MaxString = 20_000_000 - 1

// MaxDataURI bounds an attachment that travels inside of a call, in bytes of content.
const MaxDataURI = (MaxString - 1024) / 4 * 3

// file is how signal-cli is told of a file: its path where the disk is shared, else its content as a data URI.
func (c *Client) file(f domain.AttachmentFile) (string, error) {
	if c.options.SharedDisk {
		return f.Path, nil
	}
	return dataURI(f)
}

func dataURI(f domain.AttachmentFile) (string, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return "", unreadable(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", unreadable(err)
	}
	if info.Size() > MaxDataURI {
		return "", domain.Errorf(domain.TooLarge, "", "attachment of %d bytes: at most %d can be sent where gateway and signal-cli share no disk",
			info.Size(), MaxDataURI)
	}
	name := f.FileName
	if name == "" {
		name = filepath.Base(f.Path)
	}
	contentType := f.ContentType
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	var uri strings.Builder
	uri.Grow(len(contentType) + len(name) + 64 + base64.StdEncoding.EncodedLen(int(info.Size())))
	uri.WriteString("data:" + headerText(contentType) + ";filename=" + headerText(name) + ";base64,")
	encoder := base64.NewEncoder(base64.StdEncoding, &uri)
	if _, err := io.CopyN(encoder, file, info.Size()); err != nil && !errors.Is(err, io.EOF) {
		return "", unreadable(err)
	}
	if err := encoder.Close(); err != nil {
		return "", unreadable(err)
	}
	return uri.String(), nil
}

// headerText keeps the parts of a data URI apart, whatever a name holds.
func headerText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ';' || r == ',' || r < ' ' {
			return '_'
		}
		return r
	}, s)
}

// quoteAttachment is contentType:filename:previewPath; the later parts may be missing.
func (c *Client) quoteAttachment(a domain.QuoteAttachment) (string, error) {
	if strings.Contains(a.ContentType+a.FileName, ":") {
		return "", domain.Errorf(domain.Invalid, "", "a colon cannot stand in type or name of a quoted attachment")
	}
	text := a.ContentType
	if a.FileName != "" || a.Preview.Path != "" {
		text += ":" + a.FileName
	}
	if a.Preview.Path == "" {
		return text, nil
	}
	if !c.options.SharedDisk {
		return "", domain.Errorf(domain.Unsupported, "", "previews of quoted attachments need a disk that gateway and signal-cli share")
	}
	return text + ":" + a.Preview.Path, nil
}

func unreadable(err error) error {
	return &domain.Error{Kind: domain.Unavailable, Detail: "attachment cannot be read by the gateway", Err: err}
}
