package realcli_test

import (
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// quickAck asks for the next segments to be acknowledged at once; the kernel
// forgets it by and by.
var quickAck = func(conn net.Conn) error {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return fmt.Errorf("%T is no TCP connection", conn)
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1)
	})
	return errors.Join(err, failed)
}
