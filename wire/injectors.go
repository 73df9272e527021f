//go:build wireinject

package wire

import (
	"log/slog"

	"github.com/google/wire"

	"heliograph/wire/config"
)

var (
	// gatewaySet is everything but the way to signal-cli.
	gatewaySet = wire.NewSet(coreSet, storeSet, hubSet, metricsSet, spoolSet, housekeepingSet, webhooksSet, wsapiSet, httpapiSet, signalcliSet, nounsSet)

	simulatorWay = wire.NewSet(gatewaySet, jsonrpcSet, simulatorSet)
	remoteWay    = wire.NewSet(gatewaySet, jsonrpcSet, remoteSet)
	daemonWay    = wire.NewSet(gatewaySet, jsonrpcSet, daemonSet)
	processWay   = wire.NewSet(gatewaySet, processSet)
)

func initSimulator(c config.Config, log *slog.Logger, level *slog.LevelVar, out news) (*Gateway, func(), error) {
	panic(wire.Build(simulatorWay))
}

func initRemote(c config.Config, log *slog.Logger, level *slog.LevelVar) (*Gateway, func(), error) {
	panic(wire.Build(remoteWay))
}

func initDaemon(c config.Config, log *slog.Logger, level *slog.LevelVar) (*Gateway, func(), error) {
	panic(wire.Build(daemonWay))
}

func initProcess(c config.Config, log *slog.Logger, level *slog.LevelVar) (*Gateway, func(), error) {
	panic(wire.Build(processWay))
}
