package httpapi

import (
	"context"
	"strings"

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
	if !report.Ready() {
		return nil, domain.Errorf(domain.Unavailable, "", "%s", strings.Join(report.Problems, "; "))
	}
	return oas.CheckHealth204Response{}, nil
}

func (g general) CheckLive(context.Context, oas.CheckLiveRequestObject) (oas.CheckLiveResponseObject, error) {
	return oas.CheckLive204Response{}, nil
}

func (g general) CheckReady(ctx context.Context, _ oas.CheckReadyRequestObject) (oas.CheckReadyResponseObject, error) {
	report := g.health.Check(ctx)
	readiness := oas.Readiness{Ready: report.Ready(), Problems: report.Problems, BackendVersion: optional(report.Backend.Version)}
	if readiness.Problems == nil {
		readiness.Problems = []string{}
	}
	if !report.LastEvent.IsZero() {
		readiness.LastEvent = &report.LastEvent
	}
	if !readiness.Ready {
		return oas.CheckReady503JSONResponse(readiness), nil
	}
	return oas.CheckReady200JSONResponse(readiness), nil
}
