package jsonrpc

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

// ownCall makes a call of the client's own; the brake and the bound on calls do not count.
func (cn *conn) ownCall(ctx context.Context, call signalcli.Call, timeout time.Duration) (json.RawMessage, error) {
	w, err := cn.waiters.get(call)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return cn.roundTrip(ctx, call, w, timeout)
}

// watch asks for the version, then now and then for a sign of life, and looks at the list of accounts.
func (cn *conn) watch(ctx context.Context) {
	version, err := cn.askVersion(ctx)
	cn.version = version
	close(cn.versionKnown)
	if err == nil {
		cn.log.Info("signal-cli answers", slog.String("version", version))
	}
	ping := time.NewTicker(cn.options.IdlePing)
	defer ping.Stop()
	accounts := time.NewTicker(cn.options.AccountsInterval)
	defer accounts.Stop()
	var known []domain.Account
	listing := cn.options.Subscribe
	for {
		select {
		case <-ctx.Done():
			return
		case <-cn.lost:
			return
		case <-ping.C:
			if !cn.heard.Swap(false) {
				_, _ = cn.askVersion(ctx)
			}
		case <-accounts.C:
			if listing {
				known, listing = cn.lookAtAccounts(ctx, known)
			}
		}
	}
}

// askVersion asks for the version, and gives the connection up when nothing at all comes in time. That
// is no reason while we ourselves do not read.
func (cn *conn) askVersion(ctx context.Context) (string, error) {
	answer, err := cn.ownCall(ctx, signalcli.Call{Method: "version"}, cn.options.IdlePing)
	if err != nil {
		silent := domain.KindOf(err) == domain.Timeout && ctx.Err() == nil && !cn.heard.Load()
		if silent && (cn.receiver == nil || !cn.receiver.Stalled()) {
			cn.lose(errSilent)
		}
		return "", err
	}
	var v struct {
		Version string `json:"version"`
	}
	err = json.Unmarshal(answer, &v)
	return v.Version, err
}

// lookAtAccounts compares the list of accounts with the one before: a new one may not be covered by our
// subscription, and one that is gone is dropped by signal-cli without notice. again is false where there is no list.
func (cn *conn) lookAtAccounts(ctx context.Context, known []domain.Account) (now []domain.Account, again bool) {
	answer, err := cn.ownCall(ctx, signalcli.Call{Method: "listAccounts"}, cn.options.IdlePing)
	if err != nil {
		return known, domain.KindOf(err) != domain.Unsupported
	}
	var list []struct {
		Number domain.Account `json:"number"`
	}
	if json.Unmarshal(answer, &list) != nil {
		return known, true
	}
	now = make([]domain.Account, 0, len(list))
	for _, entry := range list {
		now = append(now, entry.Number)
	}
	if known == nil {
		return now, true
	}
	for _, account := range without(known, now) {
		cn.log.Warn("signal-cli has dropped an account; is it still linked?", slog.String("account", account.Short()))
	}
	if len(without(now, known)) > 0 {
		cn.accountsChanged()
	}
	return now, true
}

// without are those in list that are not in other.
func without(list, other []domain.Account) []domain.Account {
	in := make(map[domain.Account]bool, len(other))
	for _, a := range other {
		in[a] = true
	}
	var rest []domain.Account
	for _, a := range list {
		if !in[a] {
			rest = append(rest, a)
		}
	}
	return rest
}
