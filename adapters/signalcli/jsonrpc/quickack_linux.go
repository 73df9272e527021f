package jsonrpc

import (
	"io"
	"net"
	"syscall"
)

// withQuickAck reads from rw. Over TCP it has the kernel acknowledge at once: signal-cli writes an answer in two parts
// without TCP_NODELAY, and waits with the second until the first is acknowledged, 44 ms later by default. The kernel
// forgets the setting, so it is made before each read.
func withQuickAck(rw io.Reader) io.Reader {
	tcp, ok := rw.(*net.TCPConn)
	if !ok {
		return rw
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return rw
	}
	return &quickAckReader{r: rw, raw: raw, set: func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) // costs time only
	}}
}

type quickAckReader struct {
	r   io.Reader
	raw syscall.RawConn
	set func(fd uintptr)
}

func (q *quickAckReader) Read(b []byte) (int, error) {
	_ = q.raw.Control(q.set) // a closed connection is told by Read
	return q.r.Read(b)
}
