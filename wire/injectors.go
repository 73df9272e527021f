//go:build wireinject

package wire

import (
	"log/slog"

	"github.com/google/wire"

	"heliograph/wire/config"
)

// gatewaySet is everything but the way to signal-cli.
var gatewaySet = wire.NewSet(coreSet, memlogSet, hubSet, metricsSet, spoolSet, wsapiSet, httpapiSet, signalcliSet)

func initSimulator(c config.Config, log *slog.Logger, out news) (*Gateway, func(), error) {
	panic(wire.Build(gatewaySet, jsonrpcSet, simulatorSet))
}

func initRemote(c config.Config, log *slog.Logger) (*Gateway, func(), error) {
	panic(wire.Build(gatewaySet, jsonrpcSet, remoteSet))
}

func initDaemon(c config.Config, log *slog.Logger) (*Gateway, func(), error) {
	panic(wire.Build(gatewaySet, jsonrpcSet, daemonSet))
}

func initProcess(c config.Config, log *slog.Logger) (*Gateway, func(), error) {
	panic(wire.Build(gatewaySet, processSet))
}
