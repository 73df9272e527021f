package wire

import (
	"github.com/google/wire"

	"heliograph/adapters/memkv"
	"heliograph/adapters/memlog"
	"heliograph/ports"
	"heliograph/wire/config"
)

// storeSet keeps events and values, in memory.
var storeSet = wire.NewSet(
	newMemlog,
	wire.Bind(new(ports.EventLog), new(*memlog.Log)),
	memkv.New,
	wire.Bind(new(ports.KeyValue), new(*memkv.Store)),
)

func newMemlog(c config.Config) *memlog.Log {
	return memlog.New(memlog.Options{MaxBytes: int(c.EventLog.MaxBytes), DedupWindow: c.EventLog.DedupWindow})
}
