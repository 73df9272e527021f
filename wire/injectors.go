//go:build wireinject

package wire

import (
	"context"
	"log/slog"

	"github.com/google/wire"

	"heliograph/wire/config"
)

var (
	// gatewaySet is everything but the way to signal-cli.
	gatewaySet = wire.NewSet(coreSet, accountStateSet, storeSet, hubSet, readingSet, metricsSet, spoolSet, housekeepingSet, webhooksSet, wsapiSet, httpapiSet, signalcliSet, nounsSet)

	simulatorWay = wire.NewSet(gatewaySet, jsonrpcSet, simulatorSet)
	remoteWay    = wire.NewSet(gatewaySet, jsonrpcSet, remoteSet, newStoreDir)
	daemonWay    = wire.NewSet(gatewaySet, jsonrpcSet, daemonSet, newStoreDir)
	processWay   = wire.NewSet(gatewaySet, processSet, newStoreDir)
)

func initSimulator(ctx context.Context, c config.Config, log *slog.Logger, level *slog.LevelVar, out news) (*Gateway, func(), error) {
	panic(wire.Build(simulatorWay))
}

func initRemote(ctx context.Context, c config.Config, log *slog.Logger, level *slog.LevelVar) (*Gateway, func(), error) {
	panic(wire.Build(remoteWay))
}

func initDaemon(ctx context.Context, c config.Config, log *slog.Logger, level *slog.LevelVar) (*Gateway, func(), error) {
	panic(wire.Build(daemonWay))
}

func initProcess(ctx context.Context, c config.Config, log *slog.Logger, level *slog.LevelVar) (*Gateway, func(), error) {
	panic(wire.Build(processWay))
}
