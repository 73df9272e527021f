package jetstream

import (
	"context"
	"errors"
	"time"
)

// Times of Run.
const (
	lookEvery    = time.Second            // how often it looks unasked
	firstPause   = 200 * time.Millisecond // before a server is started again; doubled up to longestPause
	longestPause = 15 * time.Second
	// patience is how many looks in a row a server may leave unanswered, each for callTimeout.
	patience = 3
)

// Run watches the store until ctx ends. A server in this process is started again in place where it cannot go on by
// itself: after the disk was full, as it keeps nothing then; when it does not answer. It waits until there is room for that. It fails
// where the server can be neither used nor ended, so that the process must.
func (s *Store) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var trouble <-chan struct{}
	if s.server != nil {
		trouble = s.server.log.trouble
	}
	for unanswered := 0; ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-trouble:
		case <-tick.C:
		}
		broken := s.server != nil && s.server.health() != nil
		switch {
		case broken:
		case s.answers(ctx):
			unanswered = 0
			s.renew(ctx)
		default:
			unanswered++
			broken = s.server != nil && unanswered >= patience
		}
		s.failing.Store(broken || unanswered > 0)
		if broken && ctx.Err() == nil {
			if err := s.revive(ctx); err != nil {
				return err
			}
			unanswered = 0
			s.failing.Store(false)
		}
	}
}

// answers asks JetStream for an answer.
func (s *Store) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	info, err := s.js.AccountInfo(ctx)
	if err != nil {
		return false
	}
	s.used.Store(info.Store)
	return true
}

// revive starts the server in this process again, as soon as there is room, as often as it takes.
func (s *Store) revive(ctx context.Context) error {
	log := s.options.Logger
	log.Warn("the store does not work and is started again", "error", s.server.health(), "room", s.startable())
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		if !s.startable() {
			pause = firstPause / 2 // looking costs nothing
			continue
		}
		if err := s.server.stop(); err != nil {
			return err
		}
		err := s.server.start()
		if err == nil {
			log.Info("the store works again")
			return nil
		}
		if errors.Is(err, errStuck) {
			return err
		}
		log.Warn("the store does not start", "error", err)
	}
}

// Writable reports whether, as far as is known, the store takes what is given to it.
func (s *Store) Writable() bool {
	return s.conn.IsConnected() && !s.failing.Load() && s.room() == nil
}

// UsedBytes is what all that is kept takes on the disk, as of the last look of Run. Where NATS is elsewhere it is that of the account.
func (s *Store) UsedBytes() uint64 { return s.used.Load() }
