package simulator

import (
	"encoding/base64"
	"errors"
	"net/url"
	"path/filepath"
	"sync"
	"time"
)

// linkDesk keeps the link codes that were handed out.
type linkDesk struct {
	mu    sync.Mutex
	codes map[string]*linkCode
}

// linkCode is one device link URI. by is set before scanned is closed.
type linkCode struct {
	made    time.Time
	scanned chan struct{}
	by      *account
	// finishing: a finishLink waits for it; each code works once.
	finishing bool
}

func newLinkDesk() *linkDesk { return &linkDesk{codes: map[string]*linkCode{}} }

// scan lets an account's phone scan a code; false when no such code waits.
func (d *linkDesk) scan(uri string, by *account) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	code := d.codes[uri]
	if code == nil || code.by != nil {
		return false
	}
	code.by = by
	close(code.scanned)
	return true
}

// Scan makes an account's phone scan a device link URI, which completes finishLink.
func (s *Simulator) Scan(uri, number string) error {
	a := s.lookup(number)
	if a == nil {
		return errors.New("scan: no such account")
	}
	if !s.links.scan(uri, a) {
		return errors.New("scan: no such link code waits")
	}
	return nil
}

func startLink(k *call) (any, error) {
	uuid := base64.RawURLEncoding.EncodeToString(randomBytes(16))
	key := base64.StdEncoding.EncodeToString(append([]byte{5}, randomBytes(32)...))
	uri := "sgnl://linkdevice?uuid=" + uuid + "&pub_key=" + url.QueryEscape(key)
	desk := k.sim.links
	desk.mu.Lock()
	defer desk.mu.Unlock()
	now := k.sim.opt.Clock()
	for old, code := range desk.codes {
		if now.Sub(code.made) > 2*k.sim.opt.LinkTimeout {
			delete(desk.codes, old)
		}
	}
	desk.codes[uri] = &linkCode{made: now, scanned: make(chan struct{})}
	k.sim.tell("device link: " + uri + "\n")
	return struct {
		DeviceLinkURI string `json:"deviceLinkUri"`
	}{uri}, nil
}

// finishLink waits for the scan and makes the scanning account one that signal-cli holds.
func finishLink(k *call) (any, error) {
	if !k.hasParams {
		return nil, nullPointer("params")
	}
	uri, ok := k.p.str("deviceLinkUri")
	if !ok {
		return nil, userError("Unknown device link uri.")
	}
	name, ok := k.p.str("deviceName")
	if !ok {
		name = "cli"
	}
	code := k.takeCode(uri)
	if code == nil {
		return nil, userError("Unknown device link uri.")
	}
	defer k.sim.links.forget(uri)
	if err := k.awaitScan(uri, code); err != nil {
		return nil, err
	}
	number, err := k.loadLinked(code.by, name)
	if err != nil {
		return nil, err
	}
	k.sim.accountAdded(code.by)
	return struct {
		Number string `json:"number"`
	}{number}, nil
}

// takeCode finds a code that nobody finishes yet and marks it as being finished.
func (k *call) takeCode(uri string) *linkCode {
	desk := k.sim.links
	desk.mu.Lock()
	defer desk.mu.Unlock()
	code := desk.codes[uri]
	if code == nil || code.finishing {
		return nil
	}
	code.finishing = true
	return code
}

func (d *linkDesk) forget(uri string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.codes, uri)
}

func (k *call) awaitScan(uri string, code *linkCode) error {
	timeout := time.NewTimer(k.sim.opt.LinkTimeout)
	defer timeout.Stop()
	var auto <-chan time.Time
	if by := k.sim.opt.AutoScan; by.Account != "" {
		wait := time.NewTimer(max(0, by.After-k.sim.opt.Clock().Sub(code.made)))
		defer wait.Stop()
		auto = wait.C
	}
	for {
		select {
		case <-code.scanned:
			return nil
		case <-auto:
			// A failed scan leaves the code to others.
			_ = k.sim.Scan(uri, k.sim.opt.AutoScan.Account)
		case <-timeout.C:
			return userError("Link request timed out, please try again.")
		case <-k.ctx.Done():
			return ioError("Link request error: closed")
		}
	}
}

func (k *call) loadLinked(a *account, name string) (string, error) {
	k.net.mu.Lock()
	defer k.net.mu.Unlock()
	if a.loaded {
		return "", userError("The user %s already exists\nDelete \"%s\" before trying again.", a.number,
			filepath.Join(k.sim.opt.ConfigDir, "data", a.number))
	}
	if !a.registered {
		return "", ioError("Link request error: [403] ")
	}
	a.loaded = true
	a.device = a.addDevice(name, k.sim.now())
	a.inbox.setReceivers(nil)
	return a.number, nil
}
