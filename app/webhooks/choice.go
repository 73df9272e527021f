package webhooks

import (
	"regexp"

	"heliograph/domain"
)

// choice is what a webhook wants.
type choice struct {
	filter  domain.Filter
	pattern *regexp.Regexp // nil for none
}

func newChoice(w domain.Webhook) choice {
	c := choice{filter: w.Filter()}
	if w.Pattern != "" {
		c.pattern, _ = regexp.Compile(w.Pattern) // checked before it was kept
	}
	return c
}

func (c choice) match(e *domain.Event) bool {
	if !c.filter.Match(e) {
		return false
	}
	if c.pattern == nil {
		return true
	}
	envelope, err := domain.ParseEnvelope(e.Payload)
	return err == nil && envelope.HasText() && c.pattern.MatchString(envelope.Text())
}
