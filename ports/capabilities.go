package ports

import "context"

// Capabilities tell what the backend at hand can do.
type Capabilities interface {
	// Capabilities lists what the gateway uses of the backend beyond what every supported release has, by name. Unavailable
	// while the backend's release cannot be told.
	Capabilities(ctx context.Context) ([]Capability, error)
}

// Capability is something that came with a release of the backend.
type Capability struct {
	// Name is the backend's own: a method, or a method and its parameter with a dot between.
	Name string
	// Since is the release that it came with.
	Since string
	// Supported says that the backend has it; without it what needs it is Unsupported.
	Supported bool
}
