package httpapi

import (
	"context"
	"strings"
	"time"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// general tells about the gateway.
type general struct {
	health        ports.Health
	backend       ports.Capabilities
	mode, version string
}

func (g general) CheckHealth(ctx context.Context, _ oas.CheckHealthRequestObject) (oas.CheckHealthResponseObject, error) {
	report := g.health.Check(ctx)
	if !report.Works() { // supervisors restart who fails this, which links no account
		return nil, domain.Errorf(domain.Unavailable, "", "%s", strings.Join(report.Problems, "; "))
	}
	return oas.CheckHealth204Response{}, nil
}

func (g general) CheckLive(context.Context, oas.CheckLiveRequestObject) (oas.CheckLiveResponseObject, error) {
	return oas.CheckLive204Response{}, nil
}

func (g general) CheckReady(ctx context.Context, _ oas.CheckReadyRequestObject) (oas.CheckReadyResponseObject, error) {
	report := g.health.Check(ctx)
	readiness := oas.Readiness{
		Ready: report.Ready(), Problems: append([]string{}, report.Problems...), Warnings: append([]string{}, report.Warnings...),
		Accounts: make(map[string]int, len(report.Accounts)), BackendVersion: optional(report.Backend.Version),
	}
	if report.Useless != "" {
		readiness.Problems = append(readiness.Problems, report.Useless)
	}
	for state, n := range report.Accounts {
		readiness.Accounts[string(state)] = n
	}
	readiness.LastEvent, readiness.LastEventAgeSeconds = lastEvent(report.LastEvent)
	if !readiness.Ready {
		return oas.CheckReady503JSONResponse(readiness), nil
	}
	return oas.CheckReady200JSONResponse(readiness), nil
}

// lastEvent is when an event was received last and how long ago that is, in seconds; nil for never.
func lastEvent(at time.Time) (*time.Time, *float64) {
	if at.IsZero() {
		return nil, nil
	}
	age := max(0, time.Since(at).Seconds())
	return &at, &age
}
