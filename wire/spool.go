package wire

import (
	"path/filepath"

	"github.com/google/wire"

	"heliograph/adapters/spool"
	"heliograph/ports"
	"heliograph/wire/config"
)

// spoolSet keeps uploads in files.
var spoolSet = wire.NewSet(newSpool, wire.Bind(new(ports.Spool), new(*spool.Spool)))

func newSpool(c config.Config) (*spool.Spool, error) {
	folder, err := filepath.Abs(filepath.Join(c.DataDir, "spool"))
	if err != nil {
		return nil, err
	}
	return spool.New(folder, spool.Options{MaxFileBytes: c.MaxAttachmentBytes})
}
