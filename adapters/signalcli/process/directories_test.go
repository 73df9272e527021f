package process_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/domain"
	"heliograph/test/conformance/directorytest"
)

func TestDirectoriesConformance(t *testing.T) {
	directorytest.Run(t, func(t *testing.T) directorytest.Harness {
		content := []byte("\x89PNG\r\n\x1a\n of the test")
		path := filepath.Join(t.TempDir(), "picture.png")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		missing := newCarrier(t, process.Options{Command: filepath.Join(t.TempDir(), "signal-cli")})
		return directorytest.Harness{
			Ports: directoriesOf(newSimulation(t).carrier(t)), Broken: directoriesOf(missing),
			Account: alice, Other: bob, Third: "+15550100003", Unknown: "+15550100998", Stranger: domain.Recipient{Number: "+15550100999"},
			Picture:        domain.AttachmentFile{Path: path, FileName: "picture.png", ContentType: "image/png", Size: int64(len(content))},
			PictureContent: content, PackID: "68656c696f67726170682064656d6f21", PackKey: strings.Repeat("00", 32),
		}
	})
}

func directoriesOf(carrier *process.Carrier) directorytest.Ports {
	client := signalcli.New(carrier, signalcli.Options{SharedDisk: true})
	return directorytest.Ports{
		Groups: signalcli.NewGroups(client), Contacts: signalcli.NewContacts(client), BlockList: signalcli.NewBlockList(client),
		Avatars: signalcli.NewAvatars(client), Users: signalcli.NewUserDirectory(client), Identities: signalcli.NewIdentities(client),
		Settings: signalcli.NewAccountSettings(client), Devices: signalcli.NewDevices(client), Stickers: signalcli.NewStickerPacks(client),
	}
}
