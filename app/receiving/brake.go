package receiving

// wanted is what Service.Wanted says.
func (b *buffer) wanted() (bool, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.want, b.changed
}

// fail counts a lane whose append failed, or (-1) succeeded after that.
func (b *buffer) fail(delta int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failing += delta
	b.decideLocked()
}

// weighLocked looks at how full the buffer is. Between a quarter and a half
// it stays as it was, so that the backend is not asked for a change at each event.
func (b *buffer) weighLocked() {
	switch {
	case b.used >= b.max/2:
		b.over = true
	case b.used <= b.max/4:
		b.over = false
	}
	b.decideLocked()
}

func (b *buffer) decideLocked() {
	if want := b.failing == 0 && !b.over; want != b.want {
		b.want = want
		close(b.changed)
		b.changed = make(chan struct{})
	}
}

func (b *buffer) stalled() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting > 0
}

func (b *buffer) bytes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

func (b *buffer) state() (failing, stalled, over bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failing > 0, b.waiting > 0, b.over
}
