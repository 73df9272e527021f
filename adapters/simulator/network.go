package simulator

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
)

// network is the shared state: who exists, who knows whom, which groups there are. mu guards every
// field of it and of its accounts and groups but the inboxes; it is never held over I/O.
type network struct {
	mu       sync.RWMutex
	accounts []*account
	groups   []*group
	byNumber map[string]*account
	byUUID   map[string]*account
	byGroup  map[string]*group
	// byACI: accounts are found by their UUID too, as from 0.14.6.
	byACI bool
	packs map[string]*stickerPack
	calls []*phoneCall
	// failures is what a send to a number or UUID is answered with.
	failures map[string]Failure
	// codes are the verification codes handed out and not used yet, by number.
	codes map[string]string
}

func newNetwork() *network {
	return &network{
		byNumber: map[string]*account{},
		byUUID:   map[string]*account{},
		byGroup:  map[string]*group{},
		packs:    map[string]*stickerPack{},
		failures: map[string]Failure{},
		codes:    map[string]string{},
	}
}

// add puts a new account on the network and makes it and all others contacts of one another.
func (n *network) add(a *account) {
	for _, other := range n.accounts {
		other.contacts[a.uuid] = contactNamed(a)
		a.contacts[other.uuid] = contactNamed(other)
	}
	n.accounts = append(n.accounts, a)
	n.byNumber[a.number] = a
	n.byUUID[a.uuid] = a
}

func (n *network) remove(a *account) {
	n.accounts = slices.DeleteFunc(n.accounts, func(other *account) bool { return other == a })
	if n.byNumber[a.number] == a {
		delete(n.byNumber, a.number)
	}
	delete(n.byUUID, a.uuid)
}

// loaded lists the accounts that the simulated signal-cli holds.
func (n *network) loaded() []*account {
	var out []*account
	for _, a := range n.accounts {
		if a.loaded {
			out = append(out, a)
		}
	}
	return out
}

// byUsername finds a registered account by its user name.
func (n *network) byUsername(name string) *account {
	for _, a := range n.accounts {
		if a.username == name && name != "" && a.registered {
			return a
		}
	}
	return nil
}

// derivedUUID is a version 4 shaped UUID that is the same for the same text in every run.
func derivedUUID(text string) string {
	sum := sha256.Sum256([]byte("heliograph simulator " + text))
	sum[6] = sum[6]&0x0f | 0x40
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
