package accountstate

import (
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// answered notes the outcome of a round trip: whether the backend answers, and whether it had done so before.
func (f *Facts) answered(health ports.BackendHealth) (now, before bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer signal(f.changed)
	b := &f.backend
	before = b.heard
	if health.Version != "" && health.Version != b.version {
		b.version, b.outdated = health.Version, false
	}
	if causesOf(health.Err).outdated {
		b.outdated = true
	}
	// What signal-cli reports to have failed is an answer too.
	if health.Err != nil && domain.KindOf(health.Err) != domain.Backend {
		return false, before
	}
	b.heard, b.down, b.failing = true, false, time.Time{}
	return true, before
}

// failing notes that a round trip has failed; after grace of that, since began at the earliest, the backend is down.
func (f *Facts) failing(began time.Time, grace time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := &f.backend
	if b.failing.IsZero() {
		b.failing = time.Now()
		if !b.heard {
			b.failing = began
		}
	}
	if !b.down && time.Since(b.failing) >= grace {
		b.down = true
		signal(f.changed)
	}
}

// settle decides what no list of accounts will tell: who was linked is there, and who was not found is not; with heard, the backend that
// answers stands for all its accounts.
func (f *Facts) settle(heard bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.accounts {
		switch {
		case a.doubted:
			a.miss()
		case a.fresh || heard && !a.heard && a.gone == "" && a.linking.IsZero():
			a.there()
		default:
			continue
		}
		signal(f.changed)
	}
}

// complete says that who is not known is not there.
func (f *Facts) complete() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listed
}

func (f *Facts) version() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.backend.version
}
