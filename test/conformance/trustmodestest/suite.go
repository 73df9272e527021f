// Package trustmodestest holds what every ports.TrustModes promises, as tests. An adapter or a fake runs it:
//
//	trustmodestest.Run(t, func(t *testing.T) trustmodestest.Harness { … })
package trustmodestest

import (
	"testing"

	"heliograph/domain"
	"heliograph/ports"
)

// Modes is what is tested.
type Modes = ports.TrustModes

// Harness is a place that keeps trust modes, none at first.
type Harness struct {
	Account, Other domain.Account
	// Open opens it, as at each start of the gateway.
	Open func(t *testing.T) Modes
	// Fixed is the one mode of a backend that has one for all accounts; empty where they can be set.
	Fixed domain.TrustMode
}

// Run checks all promises, each with a harness of its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	for name, check := range map[string]func(*testing.T, Harness){
		"UnsetIsOnFirstUse":    unset,
		"SetHoldsAndSurvives":  survives,
		"SetIsForThatAccount":  own,
		"UnknownModeIsInvalid": unknown,
		"FixedIsUnsupported":   fixed,
	} {
		t.Run(name, func(t *testing.T) { check(t, newHarness(t)) })
	}
}

func want(t *testing.T, modes Modes, account domain.Account, want domain.TrustMode) {
	t.Helper()
	if got, err := modes.TrustMode(t.Context(), account); err != nil || got != want {
		t.Errorf("mode of %s: %q, %v; want %q", account.Short(), got, err, want)
	}
}

func set(t *testing.T, modes Modes, account domain.Account, mode domain.TrustMode) {
	t.Helper()
	if err := modes.SetTrustMode(t.Context(), account, mode); err != nil {
		t.Fatalf("set %q: %v", mode, err)
	}
}

func unset(t *testing.T, h Harness) {
	if h.Fixed != "" {
		want(t, h.Open(t), h.Account, h.Fixed)
		return
	}
	want(t, h.Open(t), h.Account, domain.TrustOnFirstUse)
}

func survives(t *testing.T, h Harness) {
	if h.Fixed != "" {
		return
	}
	for _, mode := range []domain.TrustMode{domain.TrustAlways, domain.TrustNever, domain.TrustOnFirstUse} {
		modes := h.Open(t)
		set(t, modes, h.Account, mode)
		want(t, modes, h.Account, mode)
		want(t, h.Open(t), h.Account, mode)
	}
}

func own(t *testing.T, h Harness) {
	if h.Fixed != "" {
		return
	}
	modes := h.Open(t)
	set(t, modes, h.Account, domain.TrustAlways)
	set(t, modes, h.Other, domain.TrustNever)
	modes = h.Open(t)
	want(t, modes, h.Account, domain.TrustAlways)
	want(t, modes, h.Other, domain.TrustNever)
}

func unknown(t *testing.T, h Harness) {
	modes := h.Open(t)
	for _, mode := range []domain.TrustMode{"", "sometimes", "ALWAYS"} {
		if err := modes.SetTrustMode(t.Context(), h.Account, mode); domain.KindOf(err) != domain.Invalid {
			t.Errorf("%q: %v", mode, err)
		}
	}
}

func fixed(t *testing.T, h Harness) {
	if h.Fixed == "" {
		return
	}
	modes := h.Open(t)
	if err := modes.SetTrustMode(t.Context(), h.Account, domain.TrustNever); domain.KindOf(err) != domain.Unsupported {
		t.Errorf("set: %v", err)
	}
	want(t, modes, h.Account, h.Fixed)
}
