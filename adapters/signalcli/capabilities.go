package signalcli

import (
	"context"
	"slices"
	"strings"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Capabilities = (*Client)(nil)

// Capabilities is ports.Capabilities: the table of operations beside the connected signal-cli's version.
func (c *Client) Capabilities(ctx context.Context) ([]ports.Capability, error) {
	have, ok := c.version(ctx)
	if !ok {
		return nil, domain.Errorf(domain.Unavailable, "version", "the version of signal-cli cannot be told")
	}
	var list []ports.Capability
	add := func(name, since string) {
		if needed, ok := parseVersion(since); ok {
			list = append(list, ports.Capability{Name: name, Since: since, Supported: !have.before(needed)})
		}
	}
	for _, m := range c.methods {
		if m.Reason != "" {
			continue
		}
		add(m.Name, m.Since)
		for param, since := range m.ParamSince {
			add(m.Name+"."+param, since)
		}
	}
	slices.SortFunc(list, func(a, b ports.Capability) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}
