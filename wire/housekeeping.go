package wire

import (
	"context"
	"log/slog"
	"path/filepath"

	"github.com/google/wire"
	"golang.org/x/sync/errgroup"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/spool"
	"heliograph/wire/config"
)

// housekeepingSet removes files that are too old or too many.
var housekeepingSet = wire.NewSet(newRetention, newHousekeeping)

// housekeeping is the component that does so.
type housekeeping component

// newRetention is nil where received attachments are kept for ever, which is the default, or are not ours to delete.
func newRetention(c config.Config, dir attachmentDir, log *slog.Logger) *signalcli.Retention {
	o := signalcli.RetentionOptions{MaxAge: c.Attachments.MaxAge, MaxBytes: c.Attachments.MaxBytes, Log: log}
	if o.MaxAge == 0 && o.MaxBytes == 0 {
		return nil
	}
	if dir == "" {
		log.Warn("received attachments are on the disk of signal-cli, where the gateway cannot delete old ones: attachments.max_age and attachments.max_bytes have no effect")
		return nil
	}
	return signalcli.NewRetention(filepath.Join(string(dir), "attachments"), o)
}

func newHousekeeping(uploads *spool.Uploads, retention *signalcli.Retention) housekeeping {
	return housekeeping{"housekeeping", func(ctx context.Context) error {
		parts, ctx := errgroup.WithContext(ctx)
		parts.Go(func() error { return uploads.Run(ctx) })
		if retention != nil {
			parts.Go(func() error { return retention.Run(ctx) })
		}
		return parts.Wait()
	}}
}
