package httpapi

import (
	"context"
	"log/slog"
	"strings"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// configuration is what can be set while the gateway runs.
type configuration struct {
	trustModes   ports.TrustModes
	capabilities ports.Capabilities
	logLevel     *slog.LevelVar
}

func (h configuration) GetConfiguration(context.Context, oas.GetConfigurationRequestObject) (oas.GetConfigurationResponseObject, error) {
	level := strings.ToLower(h.logLevel.Level().String())
	var answer oas.GetConfiguration200JSONResponse
	answer.Logging = &oas.LoggingConfiguration{Level: &level}
	return answer, nil
}

func (h configuration) SetConfiguration(_ context.Context, r oas.SetConfigurationRequestObject) (oas.SetConfigurationResponseObject, error) {
	if logging := r.Body.Logging; logging != nil && value(logging.Level) != "" {
		level, ok := logLevels[*logging.Level]
		if !ok {
			return nil, domain.Errorf(domain.Invalid, "", "Couldn't set log level - invalid log level")
		}
		h.logLevel.Set(level)
	}
	return oas.SetConfiguration204Response{}, nil
}

var logLevels = map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}

func (h configuration) GetTrustMode(ctx context.Context, r oas.GetTrustModeRequestObject) (oas.GetTrustModeResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	mode, err := h.trustModes.TrustMode(ctx, account)
	return oas.GetTrustMode200JSONResponse{TrustMode: string(mode)}, err
}

func (h configuration) SetTrustMode(ctx context.Context, r oas.SetTrustModeRequestObject) (oas.SetTrustModeResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	mode, err := domain.ParseTrustMode(r.Body.TrustMode)
	if err != nil {
		return nil, err
	}
	return oas.SetTrustMode204Response{}, h.trustModes.SetTrustMode(ctx, account, mode)
}
