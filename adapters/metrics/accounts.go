package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"heliograph/domain"
)

// Accounts is what the states of accounts are counted from.
type Accounts interface {
	// Counts is how many accounts are in each state.
	Counts() map[domain.AccountState]int
}

// accountStates collects a gauge for each state, also those that no account is in.
type accountStates struct {
	accounts Accounts
	inState  *prometheus.Desc
}

// RegisterAccounts registers gauges over a.
func RegisterAccounts(a Accounts, registerer prometheus.Registerer) {
	registerer.MustRegister(accountStates{a, prometheus.NewDesc("heliograph_accounts_in_state",
		"How many accounts are able to do what the state says.", []string{"state"}, nil)})
}

// Describe implements prometheus.Collector.
func (a accountStates) Describe(into chan<- *prometheus.Desc) { into <- a.inState }

// Collect implements prometheus.Collector.
func (a accountStates) Collect(into chan<- prometheus.Metric) {
	counts := a.accounts.Counts()
	for _, state := range domain.AccountStates() {
		into <- prometheus.MustNewConstMetric(a.inState, prometheus.GaugeValue, float64(counts[state]), string(state))
	}
}
