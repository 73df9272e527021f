package signalcli

import (
	"context"

	"heliograph/ports"
)

// Linker is a Carrier that links devices in a way of its own (the command line's `link`). For a
// Carrier that is no Linker, Client calls startLink and finishLink.
type Linker interface {
	// StartLink is ports.Accounts.StartLink.
	StartLink(ctx context.Context, deviceName string) (ports.PendingLink, error)
}

// Versioned is a Carrier that knows which signal-cli it reaches.
type Versioned interface {
	// Version gives its version, such as "0.14.6", and may wait for it; it is kept as long as it must be the
	// same signal-cli. An error, or an empty version, means that it cannot be told.
	Version(ctx context.Context) (string, error)
}
