package signalcli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/simulator"
	"heliograph/domain"
	"heliograph/test/conformance/directorytest"
)

func TestDirectoriesConformance(t *testing.T) {
	for _, tc := range []struct {
		name    string
		by      transport
		shared  bool
		version string
	}{
		{"pipe", transports[0], true, ""},
		{"tcp without a shared disk", transports[1], false, ""},
		{"0.13.19", transports[0], true, "0.13.19"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			directorytest.Run(t, func(t *testing.T) directorytest.Harness {
				options := simulator.Options{Version: tc.version}
				b, broken := newBackend(t, tc.by, options), newBackend(t, transports[0], options)
				broken.stop()
				h := directories(t, signalcli.New(b.carrier, signalcli.Options{SharedDisk: tc.shared}))
				h.Broken = directoriesOf(signalcli.New(broken.carrier, signalcli.Options{SharedDisk: true}))
				h.NoLabels = tc.version != ""
				return h
			})
		})
	}
}

// directories is the harness of a client of the simulator's demo.
func directories(t *testing.T, client *signalcli.Client) directorytest.Harness {
	content := []byte("\x89PNG\r\n\x1a\n of the test")
	path := filepath.Join(t.TempDir(), "picture.png")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return directorytest.Harness{
		Ports:   directoriesOf(client),
		Account: account, Other: "+15550100002", Third: "+15550100003", Unknown: "+15550100998",
		Stranger:       domain.Recipient{Number: "+15550100999"},
		Picture:        domain.AttachmentFile{Path: path, FileName: "picture.png", ContentType: "image/png", Size: int64(len(content))},
		PictureContent: content, PackID: "68656c696f67726170682064656d6f21", PackKey: strings.Repeat("00", 32),
	}
}

func directoriesOf(client *signalcli.Client) directorytest.Ports {
	return directorytest.Ports{
		Groups: signalcli.NewGroups(client), Contacts: signalcli.NewContacts(client), BlockList: signalcli.NewBlockList(client),
		Avatars: signalcli.NewAvatars(client), Users: signalcli.NewUserDirectory(client), Identities: signalcli.NewIdentities(client),
		Settings: signalcli.NewAccountSettings(client), Devices: signalcli.NewDevices(client), Stickers: signalcli.NewStickerPacks(client),
	}
}
