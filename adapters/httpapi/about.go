package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/ports"
)

// GetAbout answers as the reference does, key for key; what signal-cli can do is told to those who ask for it.
func (g general) GetAbout(ctx context.Context, r oas.GetAboutRequestObject) (oas.GetAboutResponseObject, error) {
	about := oas.GetAbout200JSONResponse{
		Versions:     []string{"v1", "v2"},
		Build:        2,
		Mode:         oas.AboutMode(g.mode),
		Version:      g.version,
		Capabilities: map[string][]string{"v2/send": {"quotes", "mentions"}},
	}
	backend, err := parseFlag("backend", r.Params.Backend)
	if err != nil || !backend {
		return about, err
	}
	list, err := capabilityList(ctx, g.backend)
	about.BackendCapabilities = &list
	return about, err
}

// ListCapabilities tells what signal-cli can do, alone.
func (h configuration) ListCapabilities(ctx context.Context, _ oas.ListCapabilitiesRequestObject) (oas.ListCapabilitiesResponseObject, error) {
	list, err := capabilityList(ctx, h.capabilities)
	return oas.ListCapabilities200JSONResponse(list), err
}

func capabilityList(ctx context.Context, backend ports.Capabilities) ([]oas.Capability, error) {
	known, err := backend.Capabilities(ctx)
	list := make([]oas.Capability, len(known))
	for i, one := range known {
		list[i] = oas.Capability{Name: one.Name, Since: one.Since, Supported: one.Supported}
	}
	return list, err
}
