package httpapi

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"heliograph/adapters/httpapi/jsonstream"
	"heliograph/domain"
)

// maxHeldBytes bounds all of a send's body but its attachments: signal-cli takes no text that is longer.
const maxHeldBytes = 16 << 20

// sendBody is the body of a send, the union of both versions. Nil is absent or null.
type sendBody struct {
	number                        string
	recipients                    []string
	recipient                     *string
	message, textMode, sticker    string
	quoteAuthor, quoteMessage     *string
	mentions, quoteMentions       []mention
	quoteTimestamp, editTimestamp *int64
	notifySelf                    *bool
	viewOnce, isGroup             bool
	attachments                   []domain.AttachmentFile
	attachmentIDs                 []string
	preview                       *linkPreview
}

type mention struct {
	start, length int64
	author        string
}

type linkPreview struct {
	url, title, description string
	image                   *domain.AttachmentFile
}

// bodyVersion is the table of the fields that a version of the send operation has.
type bodyVersion map[string]func(*bodyDecoder) error

var decoders = sync.Pool{New: func() any { return new(jsonstream.Decoder) }}

// decodeSendBody reads the body of a send; attachments go to files. Errors are Invalid, TooLarge, those of the spool and those of body.
func decodeSendBody(body io.Reader, version bodyVersion, files *uploads) (*sendBody, error) {
	decoder, _ := decoders.Get().(*jsonstream.Decoder)
	decoder.Reset(body, maxHeldBytes)
	defer func() {
		decoder.Reset(nil, 0)
		decoders.Put(decoder)
	}()
	d := bodyDecoder{Decoder: decoder, files: files}
	err := d.object(version)
	if errors.Is(err, jsonstream.ErrTooLong) {
		err = domain.Errorf(domain.TooLarge, "", "the message without its attachments is over the limit of %d bytes", maxHeldBytes)
	}
	return &d.body, err
}

// bodyDecoder walks through one body.
type bodyDecoder struct {
	*jsonstream.Decoder
	body  sendBody
	files *uploads
}

// object takes an object or null. Names match in any letter case; unknown ones and null are passed over.
func (d *bodyDecoder) object(fields bodyVersion) error {
	if null, err := d.Null(); null || err != nil {
		return err
	}
	return d.Object(func(name []byte) error {
		take := fields.find(name)
		if null, err := d.Null(); null || err != nil {
			return err
		}
		if take == nil {
			return d.Skip()
		}
		return take(d)
	})
}

func (v bodyVersion) find(name []byte) func(*bodyDecoder) error {
	if take, ok := v[string(name)]; ok {
		return take
	}
	for known, take := range v {
		if bytes.EqualFold([]byte(known), name) {
			return take
		}
	}
	return nil
}
