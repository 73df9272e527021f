package wire

import (
	"context"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/google/wire"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
	"heliograph/ports"
	"heliograph/wire/config"
)

// jsonrpcSet is the carrier over one connection, and receiving from it.
var jsonrpcSet = wire.NewSet(
	newConnection,
	wire.Bind(new(signalcli.Carrier), new(*jsonrpc.Client)),
	noPolling,
	fixedTrustMode,
)

func newConnection(dial jsonrpc.Dial, receiver ports.Receiver, c config.Config, log *slog.Logger) *jsonrpc.Client {
	return jsonrpc.New(dial, receiver, jsonrpc.Options{
		Subscribe:   true,
		Logger:      log,
		CallTimeout: c.SignalCLI.Timeout,
		MaxInFlight: c.SignalCLI.MaxCalls,
		MaxLine:     c.SignalCLI.MaxLineBytes,
	})
}

func noPolling() polling { return polling{} }

// dialTo makes a dial function of a configured address.
func dialTo(address config.Address) jsonrpc.Dial {
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return func(ctx context.Context) (io.ReadWriteCloser, error) {
		return dialer.DialContext(ctx, address.Network, address.Path)
	}
}
