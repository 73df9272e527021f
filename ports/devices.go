package ports

import (
	"context"

	"heliograph/domain"
)

// Devices are the devices of an account. Error kinds besides the usual: UnknownAccount, Invalid, Conflict (the account here is itself a
// linked device), NotFound, Backend.
type Devices interface {
	// List gives all devices, the primary one too.
	List(ctx context.Context, account domain.Account) ([]domain.Device, error)
	// Add links the device that shows uri, `sgnl://linkdevice?…`; an empty one is Invalid.
	Add(ctx context.Context, account domain.Account, uri string) error
	// Remove unlinks a device.
	Remove(ctx context.Context, account domain.Account, device domain.DeviceID) error
}
