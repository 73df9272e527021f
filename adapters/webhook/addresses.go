package webhook

import (
	"context"
	"errors"
	"net/netip"
	"syscall"
)

// errPrivate refuses an address. It does not name it.
var errPrivate = errors.New("private address")

// guard says which addresses may be reached: public ones, and those of allow.
type guard struct{ allow []netip.Prefix }

// control lets a dialer connect to what may be reached. It is called with what the name was resolved to.
func (g guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !g.may(to.Addr()) {
		return errPrivate
	}
	return nil
}

// mayName says of the host of a URL that it is no address written as such which may not be reached. What a name leads to it cannot know.
func (g guard) mayName(host string) bool {
	address, err := netip.ParseAddr(host)
	return err != nil || g.may(address)
}

func (g guard) may(address netip.Addr) bool {
	return within(g.allow, address.Unmap()) || public(address)
}

// The networks that are not the internet at large (IANA's registries of special-purpose addresses).
var (
	notPublic4 = prefixes(
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"168.63.129.16/32", // public by its number, and inside of Azure the host that a machine runs on
	)
	// global6 is all that is given out of IPv6.
	global6    = netip.MustParsePrefix("2000::/3")
	notPublic6 = prefixes("2001::/23", "2001:db8::/32", "3fff::/20")
	// nat64 and sixToFour hold an IPv4 address, which is where the call ends.
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// public says that an address is one of the internet at large: not private, shared by a carrier, loopback, link-local, multicast, reserved
// or for documents, nor an IPv6 form of such an IPv4 address.
func public(address netip.Addr) bool {
	address = address.Unmap()
	if address.Is4() {
		return !within(notPublic4, address)
	}
	bytes := address.As16()
	switch {
	case address.Zone() != "":
		return false
	case nat64.Contains(address):
		return public(netip.AddrFrom4([4]byte(bytes[12:16])))
	case sixToFour.Contains(address):
		return public(netip.AddrFrom4([4]byte(bytes[2:6])))
	}
	return global6.Contains(address) && !within(notPublic6, address)
}

func within(networks []netip.Prefix, address netip.Addr) bool {
	for _, network := range networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}
