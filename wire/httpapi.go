package wire

import (
	"log/slog"
	"net/http"

	"github.com/google/wire"
	"github.com/prometheus/client_golang/prometheus"

	"heliograph/adapters/httpapi"
	"heliograph/adapters/metrics"
	"heliograph/adapters/wsapi"
	"heliograph/app/accounts"
	"heliograph/wire/config"
)

// httpapiSet is the REST API and the server in front of it.
var httpapiSet = wire.NewSet(newHandler, newServer, wire.Struct(new(httpapi.Ports), "*"))

func newHandler(c config.Config, ports httpapi.Ports, sockets *wsapi.Handler, accounts *accounts.Service, registry *prometheus.Registry, log *slog.Logger, level *slog.LevelVar) http.Handler {
	var tokens []httpapi.TokenHash
	if c.Token != "" {
		tokens = append(tokens, httpapi.HashToken(string(c.Token)))
	}
	checkAccount := accounts.Check
	if c.Mode.Process() {
		checkAccount = accounts.CheckRemembered
	}
	api := httpapi.New(ports, httpapi.Options{
		Mode:           aboutMode(c.Mode),
		Version:        c.BuildVersion,
		Tokens:         tokens,
		AllowedHosts:   c.AllowedHosts,
		AllowedOrigins: c.AllowedOrigins,
		MaxSendBytes:   c.MaxSendBytes,
		WebSocket:      sockets.Serve,
		Ack:            c.Receive.Ack,
		ResumeUnnamed:  c.Receive.ResumeUnnamed,
		CheckAccount:   checkAccount,
		Metrics:        metrics.Handler(registry),
		LogLevel:       level,
		Logger:         log,
	})
	return metrics.NewHTTP(api, httpapi.Route, registry)
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return httpapi.NewServer(handler, log)
}

// aboutMode is the mode in the reference's words, by which its clients choose between WebSocket and polling.
func aboutMode(m config.Mode) string {
	if m.Process() {
		return string(m)
	}
	return string(config.JSONRPC)
}
