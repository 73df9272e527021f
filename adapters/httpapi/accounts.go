package httpapi

import (
	"bytes"
	"context"
	"strconv"

	"github.com/skip2/go-qrcode"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// accounts registers, verifies, links and unregisters.
type accounts struct{ accounts ports.AccountManager }

func (a accounts) ListAccounts(ctx context.Context, _ oas.ListAccountsRequestObject) (oas.ListAccountsResponseObject, error) {
	list, err := a.accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	numbers := make(oas.ListAccounts200JSONResponse, len(list))
	for i, account := range list {
		numbers[i] = string(account)
	}
	return numbers, nil
}

func (a accounts) RegisterAccount(ctx context.Context, r oas.RegisterAccountRequestObject) (oas.RegisterAccountResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	var options ports.RegisterOptions
	if r.Body != nil {
		options = ports.RegisterOptions{Voice: value(r.Body.UseVoice), Captcha: value(r.Body.Captcha)}
	}
	return oas.RegisterAccount201Response{}, a.accounts.Register(ctx, account, options)
}

func (a accounts) VerifyAccount(ctx context.Context, r oas.VerifyAccountRequestObject) (oas.VerifyAccountResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	var pin string
	if r.Body != nil {
		pin = value(r.Body.Pin)
	}
	return oas.VerifyAccount201Response{}, a.accounts.Verify(ctx, account, r.Token, pin)
}

func (a accounts) UnregisterAccount(ctx context.Context, r oas.UnregisterAccountRequestObject) (oas.UnregisterAccountResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	var options ports.UnregisterOptions
	if r.Body != nil {
		options = ports.UnregisterOptions{DeleteAccount: value(r.Body.DeleteAccount), DeleteLocalData: value(r.Body.DeleteLocalData)}
	}
	return oas.UnregisterAccount204Response{}, a.accounts.Unregister(ctx, account, options)
}

// linkCodePixels is the width and height of a QR code.
const linkCodePixels = 256

func (a accounts) ShowDeviceLink(ctx context.Context, r oas.ShowDeviceLinkRequestObject) (oas.ShowDeviceLinkResponseObject, error) {
	version := 10
	if given := value(r.Params.QrcodeVersion); given != "" {
		var err error
		if version, err = strconv.Atoi(given); err != nil {
			return nil, domain.Errorf(domain.Invalid, "", "The qrcode_version parameter needs to be an integer!")
		}
	}
	if version < 1 || version > 40 {
		return nil, domain.Errorf(domain.Invalid, "", "The qrcode_version parameter needs to be between 1 and 40")
	}
	uri, err := a.link(ctx, r.Params.DeviceName)
	if err != nil {
		return nil, err
	}
	code, err := qrcode.NewWithForcedVersion(uri, version, qrcode.Highest)
	if err != nil {
		return nil, &domain.Error{Kind: domain.Invalid, Detail: "the link does not fit into a QR code of this version; leave qrcode_version out", Err: err}
	}
	png, err := code.PNG(linkCodePixels)
	if err != nil {
		return nil, &domain.Error{Kind: domain.Internal, Err: err}
	}
	return oas.ShowDeviceLink200ImagepngResponse{Body: bytes.NewReader(png), ContentLength: int64(len(png))}, nil
}

func (a accounts) CreateDeviceLink(ctx context.Context, r oas.CreateDeviceLinkRequestObject) (oas.CreateDeviceLinkResponseObject, error) {
	uri, err := a.link(ctx, r.Params.DeviceName)
	if err != nil {
		return nil, err
	}
	return oas.CreateDeviceLink200JSONResponse{DeviceLinkUri: uri}, nil
}

func (a accounts) link(ctx context.Context, deviceName string) (string, error) {
	if deviceName == "" {
		return "", domain.Errorf(domain.Invalid, "", "Please provide a name for the device")
	}
	uri, err := a.accounts.Link(ctx, deviceName)
	if err == nil && uri == "" {
		return "", domain.Errorf(domain.Backend, "", "signal-cli gave no link")
	}
	return uri, err
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
