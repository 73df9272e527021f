package config

import (
	"os"
	"path/filepath"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// runningDaemon takes over jsonrpc2.yml of the reference: in the daemon modes it names the port of a
// daemon that somebody else starts. A configured address or program goes before it.
func (l *loader) runningDaemon() {
	if !Mode(l.values["mode"].Text).Daemon() || l.values["signal_cli.address"].Text != "" || l.values["signal_cli.command"].Text != "" {
		return
	}
	name := filepath.Join(l.values["signal_cli.config_dir"].Text, "jsonrpc2.yml")
	content, err := os.ReadFile(name)
	if err != nil {
		return // most have none
	}
	port, ok := daemonPort(content)
	if !ok {
		l.warnf("%s names no tcp_port of a daemon for many accounts and is not used", name)
		return
	}
	l.values["signal_cli.address"] = Value{Text: "tcp://127.0.0.1:" + strconv.Itoa(port), Source: "file " + name}
	l.warnf("%s names a daemon on port %d, which is used and not started by the gateway; to have one started set HELIOGRAPH_SIGNAL_CLI_COMMAND", name, port)
}

// daemonPort reads the port of the reference's jsonrpc2.yml.
func daemonPort(content []byte) (port int, ok bool) {
	var file struct {
		Config map[string]struct {
			TCPPort int `yaml:"tcp_port"`
		} `yaml:"config"`
	}
	if yaml.Unmarshal(content, &file) != nil {
		return 0, false
	}
	port = file.Config["<multi-account>"].TCPPort
	return port, port > 0 && port < 1<<16
}
