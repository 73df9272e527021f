package signalcli

import (
	"context"
	"encoding/json"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

const healthTimeout = 5 * time.Second

// Health is ports.Backend: a `version` call, or what the carrier itself says where it is a ports.Backend.
func (c *Client) Health(ctx context.Context) ports.BackendHealth {
	if carrier, ok := c.carrier.(ports.Backend); ok {
		return carrier.Health(ctx)
	}
	health := ports.BackendHealth{}
	if last := c.lastCall.Load(); last != 0 {
		health.LastCall = time.Unix(0, last)
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	answer, err := c.carrier.Call(ctx, c.newCall("version", "", nil))
	if err != nil {
		health.Err = err
		return health
	}
	var v struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(answer, &v); err != nil {
		health.Err = &domain.Error{Op: "version", Kind: domain.Backend, Detail: "signal-cli gave an answer that cannot be understood", Err: err}
	}
	health.Version = v.Version
	return health
}
