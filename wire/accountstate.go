package wire

import (
	"log/slog"

	"github.com/google/wire"
	"github.com/prometheus/client_golang/prometheus"

	"heliograph/adapters/metrics"
	"heliograph/adapters/signalcli"
	"heliograph/app/accountstate"
	"heliograph/app/health"
	"heliograph/app/receiving"
	"heliograph/ports"
	"heliograph/wire/config"
)

// accountStateSet knows what accounts are able to do. The ports through which that shows are its own wrappings.
var accountStateSet = wire.NewSet(
	newFacts,
	wire.Bind(new(health.Accounts), new(*accountstate.Facts)),
	notedSender,
	notedAccounts,
	notedSettings,
	newAccountStates,
	wire.Bind(new(ports.AccountStates), new(*accountstate.Service)),
)

func newFacts(registerer prometheus.Registerer) *accountstate.Facts {
	facts := accountstate.NewFacts()
	metrics.RegisterAccounts(facts, registerer)
	return facts
}

func notedSender(facts *accountstate.Facts, client *signalcli.Client) ports.Sender {
	return facts.Sender(client)
}

func notedAccounts(facts *accountstate.Facts, client *signalcli.Client) ports.Accounts {
	return facts.Accounts(client)
}

func notedSettings(facts *accountstate.Facts, settings *signalcli.AccountSettings) ports.AccountSettings {
	return facts.AccountSettings(settings)
}

func newAccountStates(c config.Config, facts *accountstate.Facts, accounts ports.Accounts, backend ports.Backend, store ports.KeyValue,
	receiving *receiving.Service, log *slog.Logger) *accountstate.Service {
	return accountstate.New(facts, accounts, backend, store, receiving, accountstate.Options{ListCosts: c.Mode.Process(), Logger: log})
}
