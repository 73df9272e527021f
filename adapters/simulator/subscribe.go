package simulator

import "slices"

// subscribeAutomatically makes the connection receive without asking, where the mode says so.
func (c *conn) subscribeAutomatically() {
	if c.session.mode == ReceiveManual {
		return
	}
	c.subscribe(&subscription{id: c.sim.subscriptionID(), automatic: true, accounts: c.accounts()})
}

// accounts lists the accounts the connection is about.
func (c *conn) accounts() []*account {
	c.sim.net.mu.RLock()
	defer c.sim.net.mu.RUnlock()
	if c.session.account == "" {
		return c.sim.net.loaded()
	}
	if a := c.sim.net.find(c.session.account); a != nil {
		return []*account{a}
	}
	return nil
}

func (c *conn) subscribe(sub *subscription) {
	c.mu.Lock()
	c.subscriptions = append(c.subscriptions, sub)
	accounts := slices.Clone(sub.accounts) // it grows with accounts that are added
	c.mu.Unlock()
	if sub.calls {
		return
	}
	for _, a := range accounts {
		c.receiveFrom(a, &receiver{conn: c, subscription: sub.id, bare: sub.automatic})
	}
}

// receiveFrom adds a receiver between two messages of the account.
func (c *conn) receiveFrom(a *account, r *receiver) {
	start := a.inbox.change(c.sim.closed, func(all []*receiver) []*receiver { return append(all, r) })
	if start {
		c.sim.startDrain(a)
	}
}

// unsubscribe ends one subscription of the connection; false when it has no such.
func (c *conn) unsubscribe(id int, calls bool) bool {
	c.mu.Lock()
	i := slices.IndexFunc(c.subscriptions, func(s *subscription) bool {
		return s.id == id && s.calls == calls && !s.automatic
	})
	if i < 0 {
		c.mu.Unlock()
		return false
	}
	sub := c.subscriptions[i]
	c.subscriptions = slices.Delete(c.subscriptions, i, i+1)
	c.mu.Unlock()
	c.stopReceiving(sub.accounts, func(r *receiver) bool { return r.conn == c && r.subscription == id })
	return true
}

func (c *conn) unsubscribeAll() {
	c.mu.Lock()
	var accounts []*account
	for _, sub := range c.subscriptions {
		accounts = append(accounts, sub.accounts...)
	}
	c.subscriptions = nil
	c.mu.Unlock()
	c.stopReceiving(accounts, func(r *receiver) bool { return r.conn == c })
}

func (c *conn) stopReceiving(accounts []*account, gone func(*receiver) bool) {
	for _, a := range accounts {
		a.inbox.change(c.sim.closed, func(all []*receiver) []*receiver { return slices.DeleteFunc(all, gone) })
	}
}

// accountAdded tells the connections of a new account. Since 0.14.2 signal-cli tells them too often: an
// automatic connection gets it bare and twice wrapped, and every subscription starts to deliver it.
func (s *Simulator) accountAdded(a *account) {
	s.mu.Lock()
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		if c.session.account == "" {
			conns = append(conns, c)
		}
	}
	s.mu.Unlock()
	if s.opt.ReceiveMode == ReceiveOnStart {
		a.inbox.change(s.closed, func(all []*receiver) []*receiver { return append(all, &receiver{bare: true}) })
	}
	for _, c := range conns {
		c.mu.Lock()
		subs := slices.Clone(c.subscriptions)
		for _, sub := range subs {
			if sub.automatic || s.release >= release0_14_2 {
				sub.accounts = append(sub.accounts, a)
			}
		}
		c.mu.Unlock()
		for _, sub := range subs {
			switch {
			case sub.calls:
			case sub.automatic:
				c.receiveFrom(a, &receiver{conn: c, subscription: sub.id, bare: true})
				if s.release >= release0_14_2 {
					c.receiveFrom(a, &receiver{conn: c, subscription: s.subscriptionID()})
					c.receiveFrom(a, &receiver{conn: c, subscription: s.subscriptionID()})
				}
			case s.release >= release0_14_2:
				c.receiveFrom(a, &receiver{conn: c, subscription: sub.id})
			}
		}
	}
}
