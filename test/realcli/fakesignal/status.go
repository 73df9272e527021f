package fakesignal

import (
	"fmt"
	"slices"
	"time"
)

// maxLog bounds the lines that Log returns.
const maxLog = 5000

// Status is what the server has seen so far.
type Status struct {
	Connected []string       // numbers with an open receiving connection, sorted
	Queued    map[string]int // envelopes not acknowledged yet, by number
	Relayed   int            // sends passed on
	Acked     int            // envelopes acknowledged
}

// Status returns the present state.
func (s *Server) Status() Status {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	status := Status{Queued: map[string]int{}, Relayed: s.relayed, Acked: s.acked}
	for _, a := range s.accounts {
		if a.chat != nil {
			status.Connected = append(status.Connected, a.number)
		}
		status.Queued[a.number] = len(a.queue)
	}
	slices.Sort(status.Connected)
	return status
}

// Log returns the last requests, one line each.
func (s *Server) Log() []string {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	return slices.Clone(s.log)
}

func (s *Server) note(format string, args ...any) {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	s.noteLocked(format, args...)
}

func (s *Server) noteLocked(format string, args ...any) {
	line := time.Now().UTC().Format("15:04:05.000 ") + fmt.Sprintf(format, args...)
	s.log = append(s.log, line)
	if len(s.log) > maxLog {
		s.log = slices.Delete(s.log, 0, maxLog/5)
	}
}

// short cuts an ACI to what is enough to tell accounts apart.
func short(aci string) string {
	switch {
	case aci == "":
		return "-"
	case len(aci) > 8:
		return aci[:8]
	}
	return aci
}
