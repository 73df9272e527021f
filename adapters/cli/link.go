package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skip2/go-qrcode"

	"heliograph/adapters/cli/client"
	"heliograph/domain"
)

// Linking is waited for by looking at the accounts.
const (
	linkLook = 2 * time.Second
	linkWait = 2 * time.Minute
)

type linkCommand struct {
	gateway
	Name   string `short:"n" default:"heliograph" help:"How the phone lists the device (default ${default})."`
	NoWait bool   `help:"Do not wait until the code was scanned."`
}

// Help is shown below the flags.
func (linkCommand) Help() string {
	return `Shows a QR code. On the phone: Settings, Linked devices, the plus sign; scan it.

Example:

  heliograph link --name "my gateway"`
}

// Run links.
func (c *linkCommand) Run(i *invocation) error {
	api, err := c.dial(i)
	if err != nil {
		return err
	}
	before, err := accounts(i.ctx, api)
	if err != nil {
		return err
	}
	var link client.DeviceLink
	response, err := api.CreateDeviceLink(i.ctx, &client.CreateDeviceLinkParams{DeviceName: c.Name})
	if err := answer(response, err, &link); err != nil {
		return err
	}
	code, err := qrcode.New(link.DeviceLinkUri, qrcode.Low)
	if err != nil {
		return fmt.Errorf("drawing the QR code: %w", err)
	}
	fmt.Fprint(i.streams.Err, code.ToSmallString(false))
	fmt.Fprintln(i.streams.Out, link.DeviceLinkUri)
	if c.NoWait {
		return nil
	}
	fmt.Fprintln(i.streams.Err, "Scan it with the phone: Settings, Linked devices, +. Waiting …")
	return waitForLink(i, api, before)
}

func accounts(ctx context.Context, api *client.Client) ([]string, error) {
	var numbers []string
	response, err := api.ListAccounts(ctx)
	err = answer(response, err, &numbers)
	return numbers, err
}

// waitForLink looks at the accounts until there is a new one.
func waitForLink(i *invocation, api *client.Client, before []string) error {
	for deadline := time.Now().Add(linkWait); time.Now().Before(deadline); {
		if err := pause(i.ctx, linkLook); err != nil {
			return err
		}
		now, err := accounts(i.ctx, api)
		if err != nil {
			return err
		}
		for _, number := range now {
			if !slices.Contains(before, number) {
				fmt.Fprintf(i.streams.Err, "Linked: %s\n", number)
				return nil
			}
		}
	}
	return domain.Errorf(domain.Timeout, "", "nobody scanned the code within %s", linkWait)
}
