package spool

import (
	"io"
	"os"
	"sync"

	"heliograph/domain"
)

// quota bounds the bytes of all uploads together, complete or on their way.
type quota struct {
	limit int64

	bytesMu sync.Mutex
	bytes   int64
}

// take is for n more bytes. Errors are TooLarge; nothing was taken then.
func (q *quota) take(n int64) error {
	q.bytesMu.Lock()
	defer q.bytesMu.Unlock()
	if q.bytes+n > q.limit {
		return domain.Errorf(domain.TooLarge, "", "uploads are over the limit of %d bytes in all; delete some, or wait until they are too old", q.limit)
	}
	q.bytes += n
	return nil
}

func (q *quota) free(n int64) {
	q.bytesMu.Lock()
	defer q.bytesMu.Unlock()
	q.bytes -= n
}

// found counts what is there already, over the limit or not.
func (q *quota) found(n int64) { q.free(-n) }

// countedReader takes room for content while it arrives, so that uploads side by side stay below the limit.
type countedReader struct {
	quota   *quota
	content io.Reader
	bytes   int64
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.content.Read(p)
	if n > 0 {
		if over := c.quota.take(int64(n)); over != nil {
			return 0, over
		}
		c.bytes += int64(n)
	}
	return n, err
}

// countKept counts the uploads of an earlier run.
func (u *Uploads) countKept() error {
	entries, err := os.ReadDir(u.folder)
	if err != nil {
		return unavailable(err)
	}
	for _, entry := range entries {
		if !isUploadName(entry.Name()) {
			continue
		}
		r, err := u.readRecord(domain.UploadID(entry.Name()))
		if err != nil {
			return err
		}
		u.quota.found(r.Size)
	}
	return nil
}
