package wire

import (
	"log/slog"
	"path/filepath"

	"heliograph/adapters/signalcli/process"
	"heliograph/wire/config"
)

// settle makes up what the configuration leaves to the machine: the program, and absolute paths.
func settle(c config.Config, log *slog.Logger) (config.Config, error) {
	var err error
	if c.SignalCLI.ConfigDir, err = filepath.Abs(c.SignalCLI.ConfigDir); err != nil {
		return c, err
	}
	if c.SignalCLI.Command != "" || c.Mode == config.Simulator {
		return c, nil
	}
	command, fellBack := process.CommandFor(c.Mode.Native())
	c.SignalCLI.Command = command
	if fellBack {
		c.Mode = c.Mode.Java()
		log.Warn("signal-cli-native is not installed, signal-cli is used", "mode", string(c.Mode))
	}
	return c, nil
}
