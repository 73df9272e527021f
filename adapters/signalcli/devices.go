package signalcli

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Devices = (*Devices)(nil)

// Devices implements ports.Devices.
type Devices struct{ client *Client }

// NewDevices asks client.
func NewDevices(client *Client) *Devices { return &Devices{client} }

// List is ports.Devices.
func (d *Devices) List(ctx context.Context, account domain.Account) ([]domain.Device, error) {
	var entries []struct {
		ID                domain.DeviceID  `json:"id"`
		Name              string           `json:"name"`
		CreatedTimestamp  domain.Timestamp `json:"createdTimestamp"`
		LastSeenTimestamp domain.Timestamp `json:"lastSeenTimestamp"`
	}
	if err := d.client.ask(ctx, "listDevices", account, nil, &entries); err != nil {
		return nil, err
	}
	devices := make([]domain.Device, len(entries))
	for i, e := range entries {
		devices[i] = domain.Device{ID: e.ID, Name: e.Name, Created: e.CreatedTimestamp, LastSeen: e.LastSeenTimestamp}
	}
	return devices, nil
}

// Add is ports.Devices.
func (d *Devices) Add(ctx context.Context, account domain.Account, uri string) error {
	if uri == "" {
		return domain.Errorf(domain.Invalid, "addDevice", "please provide the link that the device shows")
	}
	var p params
	p.text("uri", uri)
	return d.client.ask(ctx, "addDevice", account, p, nil)
}

// Remove is ports.Devices.
func (d *Devices) Remove(ctx context.Context, account domain.Account, device domain.DeviceID) error {
	if _, err := domain.ParseDeviceID(int64(device)); err != nil {
		return err
	}
	return d.client.ask(ctx, "removeDevice", account, params{{Name: "deviceId", Value: int64(device)}}, nil)
}
