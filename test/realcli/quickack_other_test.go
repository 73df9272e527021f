//go:build !linux

package realcli_test

import "net"

var quickAck func(net.Conn) error
