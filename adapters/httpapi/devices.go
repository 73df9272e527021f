package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// devices are the devices of an account, and what the backend keeps of it.
type devices struct {
	devices  ports.Devices
	accounts ports.AccountManager
}

func (h devices) ListDevices(ctx context.Context, r oas.ListDevicesRequestObject) (oas.ListDevicesResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	list, err := h.devices.List(ctx, account)
	if err != nil {
		return nil, err
	}
	answer := make(oas.ListDevices200JSONResponse, len(list))
	for i, one := range list {
		answer[i] = oas.Device{Id: int64(one.ID), Name: one.Name, CreationTimestamp: int64(one.Created), LastSeenTimestamp: int64(one.LastSeen)}
	}
	return answer, nil
}

func (h devices) AddDevice(ctx context.Context, r oas.AddDeviceRequestObject) (oas.AddDeviceResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	return oas.AddDevice204Response{}, h.devices.Add(ctx, account, r.Body.Uri)
}

func (h devices) RemoveDevice(ctx context.Context, r oas.RemoveDeviceRequestObject) (oas.RemoveDeviceResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	device, err := domain.ParseDeviceID(r.Device)
	if err != nil {
		return nil, err
	}
	return oas.RemoveDevice204Response{}, h.devices.Remove(ctx, account, device)
}

func (h devices) DeleteLocalData(ctx context.Context, r oas.DeleteLocalDataRequestObject) (oas.DeleteLocalDataResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	ignoreRegistered := r.Body != nil && value(r.Body.IgnoreRegistered)
	return oas.DeleteLocalData204Response{}, h.accounts.DeleteLocalData(ctx, account, ignoreRegistered)
}
