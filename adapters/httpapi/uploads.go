package httpapi

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"sync"

	"heliograph/domain"
	"heliograph/ports"
)

// uploads are the files of one request. The zero batch is opened with the first file.
type uploads struct {
	spool ports.Spool
	batch ports.SpoolBatch
}

func (u *uploads) close() {
	if u.batch != nil {
		_ = u.batch.Close() // what could not be removed is removed by the spool later
	}
}

var headerReaders = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, domain.MaxAttachmentHeader) }}

// store writes an attachment in one of the forms of the API to a file. Errors are Invalid, those of the Spool and those of text.
func (u *uploads) store(text io.Reader) (domain.AttachmentFile, error) {
	reader, _ := headerReaders.Get().(*bufio.Reader)
	reader.Reset(text)
	defer func() {
		reader.Reset(nil)
		headerReaders.Put(reader)
	}()
	header, err := readHeader(reader)
	if err != nil {
		return domain.AttachmentFile{}, err
	}
	if u.batch == nil {
		if u.batch, err = u.spool.Open(); err != nil {
			return domain.AttachmentFile{}, err
		}
	}
	file, err := u.batch.Write(ports.FileHeader{FileName: header.FileName, ContentType: header.ContentType}, newBase64Reader(reader))
	if err == nil && file.Size == 0 {
		return domain.AttachmentFile{}, domain.Errorf(domain.Invalid, "", "an attachment is empty")
	}
	return file, err
}

// readHeader takes what stands before the base64.
func readHeader(reader *bufio.Reader) (domain.AttachmentHeader, error) {
	const scheme = "data:"
	start, err := reader.Peek(len(scheme))
	if err != nil && !errors.Is(err, io.EOF) {
		return domain.AttachmentHeader{}, err
	}
	if !strings.EqualFold(string(start), scheme) {
		return domain.AttachmentHeader{}, nil
	}
	start, err = reader.Peek(domain.MaxAttachmentHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return domain.AttachmentHeader{}, err
	}
	header, length, err := domain.ParseAttachmentHeader(string(start))
	if err != nil {
		return domain.AttachmentHeader{}, err
	}
	_, err = reader.Discard(length)
	return header, err
}
