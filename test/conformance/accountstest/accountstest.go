// Package accountstest holds what every ports.Accounts promises, as tests. An adapter or a fake runs it:
//
//	accountstest.Run(t, func(t *testing.T) accountstest.Harness { … })
package accountstest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// Harness is a fresh Accounts with a backend behind it. Its maker frees all with t.Cleanup. Functions that are nil
// belong to clauses that do not apply; they are not run then.
type Harness struct {
	Accounts ports.Accounts
	// Known are the accounts that the backend has.
	Known []domain.Account
	// Fresh is a number that nobody has; Phone is one with a phone that can link devices.
	Fresh, Phone domain.Account
	// Code is the verification code that was sent to Fresh.
	Code func() string
	// Scan scans a link with Phone.
	Scan func(uri string) error
	// RequireCaptcha makes the backend want a captcha, and gives one that it takes.
	RequireCaptcha func() (captcha string)
	// Stall makes the backend take calls and answer none, until the function it gives is called.
	Stall func() (resume func())
	// LoseAfter makes the backend go with the next call, once it has that.
	LoseAfter func()
}

// hang is how long something may take on real sockets that must happen at once.
const hang = 30 * time.Second

// Run checks all promises, each with a harness of its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	var probe Harness
	t.Run("Harness", func(t *testing.T) { probe = newHarness(t) })
	for _, c := range []struct {
		name    string
		applies bool
		check   func(t *testing.T, h Harness)
	}{
		{"ListGivesTheLoadedAccounts", true, listAll},
		{"RegisterAndVerifyAddAnAccount", probe.Code != nil, registerAndVerify},
		{"WrongCodeIsInvalid", probe.Code != nil, wrongCode},
		{"CaptchaIsAskedForByKind", probe.RequireCaptcha != nil, captcha},
		{"NoNumberIsInvalid", true, noNumber},
		{"UnregisterTakesTheAccount", true, unregister},
		{"DataOfARegisteredAccountStays", true, deleteLocalData},
		{"LinkIsConfirmedByTheScan", probe.Scan != nil, link},
		{"WaitForALinkEndsWithItsContext", true, waitEnds},
		{"CloseEndsTheWaitForALink", true, closeEnds},
		{"DeviceNameIsOnlyAName", probe.Scan != nil, deviceName},
		{"CancelledListIsCanceled", probe.Stall != nil, cancelled},
		{"ListOfALostBackendIsUnavailable", probe.LoseAfter != nil, lostRead},
		{"RegisterOfALostBackendIsOutcomeUnknown", probe.LoseAfter != nil, lostEffect},
	} {
		if c.applies {
			t.Run(c.name, func(t *testing.T) { c.check(t, newHarness(t)) })
		}
	}
}

func listAll(t *testing.T, h Harness) {
	if got := list(t, h); !slices.Equal(got, h.Known) {
		t.Errorf("got %v, want %v", got, h.Known)
	}
}

func list(t *testing.T, h Harness) []domain.Account {
	t.Helper()
	accounts, err := h.Accounts.List(t.Context())
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	accounts = slices.Clone(accounts)
	slices.Sort(accounts)
	return accounts
}

func registerAndVerify(t *testing.T, h Harness) {
	ok(t, h.Accounts.Register(t.Context(), h.Fresh, ports.RegisterOptions{}))
	if slices.Contains(list(t, h), h.Fresh) {
		t.Error("it is listed before it is verified")
	}
	ok(t, h.Accounts.Register(t.Context(), h.Fresh, ports.RegisterOptions{Voice: true}))
	ok(t, h.Accounts.Verify(t.Context(), h.Fresh, h.Code(), ""))
	if !slices.Contains(list(t, h), h.Fresh) {
		t.Error("it is not listed after it was verified")
	}
}

func wrongCode(t *testing.T, h Harness) {
	ok(t, h.Accounts.Register(t.Context(), h.Fresh, ports.RegisterOptions{}))
	for _, code := range []string{"", "nope", "--help"} {
		want(t, h.Accounts.Verify(t.Context(), h.Fresh, code, ""), domain.Invalid)
	}
	ok(t, h.Accounts.Verify(t.Context(), h.Fresh, strings.ReplaceAll(h.Code(), "-", ""), ""))
}

func captcha(t *testing.T, h Harness) {
	solved := h.RequireCaptcha()
	for _, given := range []string{"", "nope"} {
		want(t, h.Accounts.Register(t.Context(), h.Fresh, ports.RegisterOptions{Captcha: given}), domain.CaptchaRejected)
	}
	ok(t, h.Accounts.Register(t.Context(), h.Fresh, ports.RegisterOptions{Captcha: solved}))
}

func noNumber(t *testing.T, h Harness) {
	for _, account := range []domain.Account{"", "null", "--config=/x", "15550100009", "+", "../x"} {
		want(t, h.Accounts.Register(t.Context(), account, ports.RegisterOptions{}), domain.Invalid)
		want(t, h.Accounts.Verify(t.Context(), account, "123-456", ""), domain.Invalid)
		want(t, h.Accounts.Unregister(t.Context(), account, false), domain.Invalid)
		want(t, h.Accounts.DeleteLocalData(t.Context(), account, true), domain.Invalid)
	}
	if got := list(t, h); !slices.Equal(got, h.Known) {
		t.Errorf("something was left behind: %v", got)
	}
}

func unregister(t *testing.T, h Harness) {
	want(t, h.Accounts.Unregister(t.Context(), h.Fresh, false), domain.UnknownAccount)
	ok(t, h.Accounts.Unregister(t.Context(), h.Known[0], false))
	if slices.Contains(list(t, h), h.Known[0]) {
		t.Error("it is listed after it was unregistered")
	}
	ok(t, h.Accounts.Unregister(t.Context(), h.Known[1], true))
}

func deleteLocalData(t *testing.T, h Harness) {
	if err := h.Accounts.DeleteLocalData(t.Context(), h.Known[0], false); err == nil {
		t.Error("the data of a registered account is gone")
	}
	if !slices.Contains(list(t, h), h.Known[0]) {
		t.Error("it is not listed any more")
	}
	ok(t, h.Accounts.DeleteLocalData(t.Context(), h.Known[0], true))
	if slices.Contains(list(t, h), h.Known[0]) {
		t.Error("it is listed after its data was deleted")
	}
}

func start(t *testing.T, h Harness, deviceName string) ports.PendingLink {
	t.Helper()
	pending, err := h.Accounts.StartLink(t.Context(), deviceName)
	if err != nil {
		t.Fatalf("start link: %v", err)
	}
	t.Cleanup(pending.Close)
	if !strings.HasPrefix(pending.URI(), "sgnl://linkdevice?") {
		t.Errorf("got URI %q", pending.URI())
	}
	return pending
}

func link(t *testing.T, h Harness) {
	pending := start(t, h, "My Desk")
	ok(t, h.Scan(pending.URI()))
	account, err := pending.Wait(t.Context())
	if err != nil || account != h.Phone {
		t.Fatalf("got %v, %v; want %v", account, err, h.Phone)
	}
	pending.Close()
	if !slices.Contains(list(t, h), h.Phone) {
		t.Error("it is not listed after it was linked")
	}
}

func deviceName(t *testing.T, h Harness) {
	_, err := h.Accounts.StartLink(t.Context(), "")
	want(t, err, domain.Invalid)
	for _, name := range []string{"--help", "-n", "näme ✓", "two words"} {
		start(t, h, name).Close()
	}
}

func waitEnds(t *testing.T, h Harness) {
	pending := start(t, h, "x")
	ctx, cancel := context.WithCancel(t.Context())
	ended := waiting(ctx, pending)
	cancel()
	want(t, within(t, ended), domain.Canceled, domain.OutcomeUnknown)
}

func closeEnds(t *testing.T, h Harness) {
	pending := start(t, h, "x")
	ended := waiting(t.Context(), pending)
	pending.Close()
	pending.Close()
	if err := within(t, ended); err == nil {
		t.Error("a link that was closed has an account")
	}
}

func waiting(ctx context.Context, pending ports.PendingLink) <-chan error {
	ended := make(chan error, 1)
	go func() {
		_, err := pending.Wait(ctx)
		ended <- err
	}()
	return ended
}

func cancelled(t *testing.T, h Harness) {
	resume := h.Stall()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := h.Accounts.List(ctx)
		ended <- err
	}()
	cancel()
	want(t, within(t, ended), domain.Canceled)
	resume()
	list(t, h)
}

func lostRead(t *testing.T, h Harness) {
	h.LoseAfter()
	_, err := h.Accounts.List(t.Context())
	want(t, err, domain.Unavailable)
}

func lostEffect(t *testing.T, h Harness) {
	h.LoseAfter()
	want(t, h.Accounts.Register(t.Context(), h.Fresh, ports.RegisterOptions{}), domain.OutcomeUnknown)
}

func within(t *testing.T, ended <-chan error) error {
	t.Helper()
	limit := time.NewTimer(hang)
	defer limit.Stop()
	select {
	case err := <-ended:
		return err
	case <-limit.C:
		t.Fatal("it goes on")
		return nil
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, err error, kinds ...domain.Kind) {
	t.Helper()
	if err == nil || !slices.Contains(kinds, domain.KindOf(err)) {
		t.Errorf("got %v, want %v", err, kinds)
	}
}
