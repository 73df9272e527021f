package wire

import (
	"path/filepath"

	"github.com/google/wire"

	"heliograph/adapters/spool"
	"heliograph/ports"
	"heliograph/wire/config"
)

// spoolSet keeps what clients upload in files: those of a request while it lasts, and those for later requests.
var spoolSet = wire.NewSet(
	newSpool,
	wire.Bind(new(ports.Spool), new(*spool.Spool)),
	newUploads,
	wire.Bind(new(ports.Uploads), new(*spool.Uploads)),
)

func newSpool(c config.Config) (*spool.Spool, error) {
	folder, err := filepath.Abs(filepath.Join(c.DataDir, "spool"))
	if err != nil {
		return nil, err
	}
	return spool.New(folder, spool.Options{MaxFileBytes: c.MaxAttachmentBytes})
}

func newUploads(c config.Config) (*spool.Uploads, error) {
	folder, err := filepath.Abs(filepath.Join(c.DataDir, "uploads"))
	if err != nil {
		return nil, err
	}
	return spool.NewUploads(folder, spool.UploadsOptions{
		MaxFileBytes: c.MaxAttachmentBytes,
		MaxBytes:     c.Uploads.MaxBytes,
		MaxAge:       c.Uploads.MaxAge,
	})
}
