package config

import (
	"errors"
	"slices"
	"strings"
)

// Mode is how the gateway works with signal-cli. It changes what a call costs,
// never what a user can do.
type Mode string

// The modes.
const (
	// Simulator is a Signal network in memory.
	Simulator Mode = "simulator"
	// Normal starts the Java signal-cli once a call.
	Normal Mode = "normal"
	// Native starts the native signal-cli once a call.
	Native Mode = "native"
	// JSONRPC talks to one Java signal-cli that keeps running.
	JSONRPC Mode = "json-rpc"
	// JSONRPCNative talks to one native signal-cli that keeps running.
	JSONRPCNative Mode = "json-rpc-native"
)

// Modes lists all modes.
func Modes() []Mode { return []Mode{Simulator, Normal, Native, JSONRPC, JSONRPCNative} }

// parseMode gives "" for what is no mode.
func parseMode(s string) Mode {
	if m := Mode(s); slices.Contains(Modes(), m) {
		return m
	}
	return ""
}

func modeNames() string {
	var names []string
	for _, m := range Modes() {
		names = append(names, string(m))
	}
	return strings.Join(names, ", ")
}

// Daemon reports whether signal-cli keeps running between calls.
func (m Mode) Daemon() bool { return m == JSONRPC || m == JSONRPCNative }

// Process reports whether each call is a process.
func (m Mode) Process() bool { return m == Normal || m == Native }

// Native reports whether the mode starts signal-cli-native.
func (m Mode) Native() bool { return m == Native || m == JSONRPCNative }

// Java is the mode that does the same with the Java program.
func (m Mode) Java() Mode {
	switch m {
	case Native:
		return Normal
	case JSONRPCNative:
		return JSONRPC
	}
	return m
}

// FileTransfer is how attachments reach signal-cli.
type FileTransfer string

// The ways of FileTransfer.
const (
	// FilesAuto is by path where signal-cli runs on this machine, else in the request.
	FilesAuto FileTransfer = "auto"
	// FilesPath hands over paths; the two share a disk.
	FilesPath FileTransfer = "path"
	// FilesData puts the content into the request.
	FilesData FileTransfer = "data"
)

// Address is where a signal-cli is reached. The zero Address is none.
type Address struct {
	// Network is "unix", "tcp" or "stdio".
	Network string
	// Path of the socket, or host:port, or empty for stdio.
	Path string
}

// ParseAddress reads unix:///path, tcp://host:port or stdio: (a child of the gateway).
func ParseAddress(s string) (Address, error) {
	switch {
	case s == "":
		return Address{}, nil
	case s == "stdio:" || s == "stdio://":
		return Address{Network: "stdio"}, nil
	case strings.HasPrefix(s, "unix:///"):
		return Address{Network: "unix", Path: strings.TrimPrefix(s, "unix://")}, nil
	case strings.HasPrefix(s, "tcp://"):
		path := strings.TrimPrefix(s, "tcp://")
		if err := checkHostPort(path); err != nil {
			return Address{}, err
		}
		return Address{Network: "tcp", Path: path}, nil
	}
	return Address{}, errors.New("must be unix:///path, tcp://host:port, or stdio: for a child")
}

// String is what ParseAddress reads.
func (a Address) String() string {
	if a.Network == "" {
		return ""
	}
	if a.Network == "stdio" {
		return "stdio:"
	}
	return a.Network + "://" + a.Path
}

// Local reports whether the other end certainly runs on this machine.
func (a Address) Local() bool {
	if a.Network != "tcp" {
		return true
	}
	host, _, _ := splitHostPort(a.Path)
	return isLoopback(host)
}
