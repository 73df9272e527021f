package httpapi

import "heliograph/domain"

// The fields of the two versions. Of a field that comes twice the last counts.
var (
	sendBodyV2 = bodyVersion{
		"number":             text(func(b *sendBody) *string { return &b.number }),
		"recipients":         func(d *bodyDecoder) (err error) { d.body.recipients, err = d.strings(); return err },
		"recipient":          optionalText(func(b *sendBody) **string { return &b.recipient }),
		"message":            text(func(b *sendBody) *string { return &b.message }),
		"text_mode":          text(func(b *sendBody) *string { return &b.textMode }),
		"sticker":            text(func(b *sendBody) *string { return &b.sticker }),
		"base64_attachments": func(d *bodyDecoder) (err error) { d.body.attachments, err = d.attachments(); return err },
		"attachment_ids":     func(d *bodyDecoder) (err error) { d.body.attachmentIDs, err = d.strings(); return err },
		"mentions":           func(d *bodyDecoder) (err error) { d.body.mentions, err = d.mentions(); return err },
		"quote_timestamp":    timestamp(func(b *sendBody) **int64 { return &b.quoteTimestamp }),
		"quote_author":       optionalText(func(b *sendBody) **string { return &b.quoteAuthor }),
		"quote_message":      optionalText(func(b *sendBody) **string { return &b.quoteMessage }),
		"quote_mentions":     func(d *bodyDecoder) (err error) { d.body.quoteMentions, err = d.mentions(); return err },
		"edit_timestamp":     timestamp(func(b *sendBody) **int64 { return &b.editTimestamp }),
		"notify_self": func(d *bodyDecoder) error {
			v, err := d.Bool()
			d.body.notifySelf = &v
			return err
		},
		"view_once":    func(d *bodyDecoder) (err error) { d.body.viewOnce, err = d.Bool(); return err },
		"link_preview": (*bodyDecoder).preview,
	}
	sendBodyV1 = bodyVersion{
		"number":            text(func(b *sendBody) *string { return &b.number }),
		"recipients":        func(d *bodyDecoder) (err error) { d.body.recipients, err = d.strings(); return err },
		"message":           text(func(b *sendBody) *string { return &b.message }),
		"is_group":          func(d *bodyDecoder) (err error) { d.body.isGroup, err = d.Bool(); return err },
		"base64_attachment": (*bodyDecoder).attachment,
	}
	previewFields = bodyVersion{
		"url":              text(func(b *sendBody) *string { return &b.preview.url }),
		"title":            text(func(b *sendBody) *string { return &b.preview.title }),
		"description":      text(func(b *sendBody) *string { return &b.preview.description }),
		"base64_thumbnail": (*bodyDecoder).thumbnail,
	}
)

func text(field func(*sendBody) *string) func(*bodyDecoder) error {
	return func(d *bodyDecoder) (err error) {
		*field(&d.body), err = d.String()
		return err
	}
}

func optionalText(field func(*sendBody) **string) func(*bodyDecoder) error {
	return func(d *bodyDecoder) error {
		s, err := d.String()
		*field(&d.body) = &s
		return err
	}
}

func timestamp(field func(*sendBody) **int64) func(*bodyDecoder) error {
	return func(d *bodyDecoder) error {
		n, err := d.Int64()
		*field(&d.body) = &n
		return err
	}
}

// strings takes an array of strings; null in it is an empty string.
func (d *bodyDecoder) strings() ([]string, error) {
	list := []string{}
	err := d.Array(func() error {
		if null, err := d.Null(); null || err != nil {
			list = append(list, "")
			return err
		}
		s, err := d.String()
		list = append(list, s)
		return err
	})
	return list, err
}

func (d *bodyDecoder) attachments() ([]domain.AttachmentFile, error) {
	var list []domain.AttachmentFile
	err := d.Array(func() error {
		file, err := d.upload()
		list = append(list, file)
		return err
	})
	return list, err
}

// attachment takes the one attachment of version 1; an empty string is none.
func (d *bodyDecoder) attachment() error {
	file, ok, err := d.optionalUpload()
	d.body.attachments = nil
	if ok {
		d.body.attachments = []domain.AttachmentFile{file}
	}
	return err
}

// thumbnail takes the image of a link preview; an empty string is none.
func (d *bodyDecoder) thumbnail() error {
	file, ok, err := d.optionalUpload()
	d.body.preview.image = nil
	if ok {
		d.body.preview.image = &file
	}
	return err
}

func (d *bodyDecoder) preview() error {
	if d.body.preview == nil {
		d.body.preview = new(linkPreview)
	}
	return d.object(previewFields)
}

// mentions takes an array of mentions, never nil.
func (d *bodyDecoder) mentions() ([]mention, error) {
	list := []mention{}
	err := d.Array(func() error {
		var m mention
		err := d.object(bodyVersion{
			"start":  func(*bodyDecoder) (err error) { m.start, err = d.Int64(); return err },
			"length": func(*bodyDecoder) (err error) { m.length, err = d.Int64(); return err },
			"author": func(*bodyDecoder) (err error) { m.author, err = d.String(); return err },
		})
		list = append(list, m)
		return err
	})
	return list, err
}

// upload writes a string's content to a file.
func (d *bodyDecoder) upload() (domain.AttachmentFile, error) {
	content, err := d.Text()
	if err != nil {
		return domain.AttachmentFile{}, err
	}
	return d.files.store(content)
}

// optionalUpload is upload, or false for an empty string.
func (d *bodyDecoder) optionalUpload() (domain.AttachmentFile, bool, error) {
	empty, err := d.EmptyString()
	if empty || err != nil {
		return domain.AttachmentFile{}, false, err
	}
	file, err := d.upload()
	return file, err == nil, err
}
