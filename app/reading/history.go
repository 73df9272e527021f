package reading

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

const (
	// historyPages is how many pages of the log one History looks at, at the most.
	historyPages = 64
	// historyBytes of payload are enough for one answer.
	historyBytes = 1 << 20
)

// History implements ports.Events. A position of another epoch is Invalid: nothing lies before it any more.
func (s *Service) History(ctx context.Context, filter domain.Filter, until domain.Cursor, limit int) (ports.Past, error) {
	last, _, err := s.log.Tail(ctx)
	if err != nil {
		return ports.Past{}, err
	}
	if until != domain.Latest && until.Epoch != last.Epoch {
		return ports.Past{}, domain.Errorf(domain.Invalid, "history", "the cursor is of an earlier life of the event log")
	}
	past := ports.Past{Next: until}
	bytes := 0
	for range historyPages {
		page, err := s.log.ReadBack(ctx, filter, past.Next, limit-len(past.Events))
		if err != nil {
			return ports.Past{}, err
		}
		for i, e := range page.Events {
			if bytes += len(e.Payload); bytes > historyBytes && len(past.Events) > 0 {
				past.Next = page.Events[i].Cursor // read on from there
				return past, nil
			}
			past.Events = append(past.Events, e)
		}
		past.Next, past.Done = page.Next, page.Done
		if past.Done || len(past.Events) >= limit {
			break
		}
	}
	return past, nil
}
