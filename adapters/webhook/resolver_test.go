package webhook_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// names is a server of names whose answer changes: every name has the addresses that it is told last, none is no such name.
type names struct {
	mu        sync.Mutex // guards the following
	addresses []netip.Addr
}

// tell changes the answer.
func (n *names) tell(addresses ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addresses = nil
	for _, a := range addresses {
		n.addresses = append(n.addresses, netip.MustParseAddr(a))
	}
}

// resolver asks n.
func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, conn := net.Pipe() // no packets, so each message comes behind its length
		go func() {                // until the question is given up, which can be after its call
			defer conn.Close()
			for {
				var length [2]byte
				if _, err := io.ReadFull(conn, length[:]); err != nil {
					return
				}
				question := make([]byte, binary.BigEndian.Uint16(length[:]))
				if _, err := io.ReadFull(conn, question); err != nil {
					return
				}
				answer := n.answer(question)
				if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
					return
				}
			}
		}()
		return client, nil
	}}
}

// answer is that to a message with one question (RFC 1035, 4).
func (n *names) answer(question []byte) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	kind := binary.BigEndian.Uint16(question[end+1:])
	message := append(slices.Clone(question[:2]), 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	message = append(message, question[12:end+5]...)
	if len(n.addresses) == 0 {
		message[3] |= 3 // no such name
	}
	for _, address := range n.addresses {
		if kind == 1 && address.Is4() || kind == 28 && address.Is6() {
			message[7]++
			message = append(message, 0xc0, 12, 0, byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(address.BitLen()/8))
			message = append(message, address.AsSlice()...)
		}
	}
	return message
}
