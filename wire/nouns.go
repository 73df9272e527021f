package wire

import (
	"path/filepath"

	"github.com/google/wire"

	"heliograph/adapters/apiconfig"
	"heliograph/adapters/signalcli"
	"heliograph/app/groups"
	"heliograph/ports"
	"heliograph/wire/config"
)

// nounsSet is the ports by noun, which the REST API takes as they are, on whatever carrier there is.
var nounsSet = wire.NewSet(
	signalcli.NewGroups,
	wire.Bind(new(ports.Groups), new(*signalcli.Groups)),
	groups.New,
	wire.Bind(new(ports.GroupDirectory), new(*groups.Service)),
	signalcli.NewContacts,
	wire.Bind(new(ports.Contacts), new(*signalcli.Contacts)),
	signalcli.NewBlockList,
	wire.Bind(new(ports.BlockList), new(*signalcli.BlockList)),
	signalcli.NewAvatars,
	wire.Bind(new(ports.Avatars), new(*signalcli.Avatars)),
	signalcli.NewUserDirectory,
	wire.Bind(new(ports.UserDirectory), new(*signalcli.UserDirectory)),
	signalcli.NewIdentities,
	wire.Bind(new(ports.Identities), new(*signalcli.Identities)),
	signalcli.NewAccountSettings,
	signalcli.NewDevices,
	wire.Bind(new(ports.Devices), new(*signalcli.Devices)),
	signalcli.NewStickerPacks,
	wire.Bind(new(ports.StickerPacks), new(*signalcli.StickerPacks)),
)

// keptTrustModes is the trust modes where each call is a process: a file beside signal-cli's data.
var keptTrustModes = wire.NewSet(newTrustModes, wire.Bind(new(ports.TrustModes), new(*apiconfig.File)))

// fixedTrustMode is the one trust mode of a signal-cli that stays.
var fixedTrustMode = wire.NewSet(daemonTrustMode, wire.Bind(new(ports.TrustModes), new(signalcli.FixedTrustMode)))

// newTrustModes opens the reference's own file, so that modes set there stay in force.
func newTrustModes(c config.Config) (*apiconfig.File, error) {
	return apiconfig.Open(filepath.Join(c.SignalCLI.ConfigDir, "api-config.yml"))
}

// daemonTrustMode is what a daemon of ours was started with; of others nothing is known, and the default is told.
func daemonTrustMode(c config.Config) signalcli.FixedTrustMode {
	if !c.OwnDaemon() {
		return ""
	}
	return signalcli.FixedTrustMode(c.SignalCLI.TrustNewIdentities)
}
