package wire

import (
	"github.com/google/wire"

	"heliograph/adapters/memlog"
	"heliograph/ports"
	"heliograph/wire/config"
)

// memlogSet is the event log in memory.
var memlogSet = wire.NewSet(newMemlog, wire.Bind(new(ports.EventLog), new(*memlog.Log)))

func newMemlog(c config.Config) *memlog.Log {
	return memlog.New(memlog.Options{MaxBytes: int(c.EventLog.MaxBytes), DedupWindow: c.EventLog.DedupWindow})
}
