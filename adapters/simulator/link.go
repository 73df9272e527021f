package simulator

import "sync"

// linkDesk keeps the link codes that wait to be scanned.
type linkDesk struct {
	mu sync.Mutex
}

func newLinkDesk() *linkDesk { return &linkDesk{} }
