package webhooks

import (
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// work makes one attempt and goes on with what follows from it.
func (d *dispatcher) work(j job) {
	event := j.event
	var err error
	if event == nil {
		event, err = d.reread(j)
	}
	switch {
	case err != nil: // the log cannot be read, or the end has come
		d.end(j, func() { d.againLocked(j, time.Now().Add(time.Second)) })
	case event == nil:
		d.end(j, func() {
			j.lane.fed, j.lane.done = later(j.lane.fed, j.last), j.last
			d.succeededLocked(j.lane)
		})
	case d.drive.ctx.Err() != nil:
		d.end(j, func() { d.againLocked(j, time.Now()) })
	default:
		d.deliver(j, event)
	}
	d.schedule()
}

// end finishes a job with what then is to be done.
func (d *dispatcher) end(j job, then func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running--
	if j.retry {
		d.retrying--
	}
	if j.extra {
		d.drive.giveExtra()
	}
	if j.event != nil {
		d.queued--
		d.countLocked(-len(j.event.Payload))
	}
	j.lane.busy, j.lane.current, d.full = false, nil, false
	if j.era != d.era {
		return // everything began anew meanwhile
	}
	then()
	d.settleLocked(j.lane)
}

// againLocked puts a lane back whose attempt was not made.
func (d *dispatcher) againLocked(j job, at time.Time) {
	l := j.lane
	if j.event != nil {
		l.current = j.event
		d.leaveLocked(l)
		l.current = nil
		d.dropLocked(l)
		l.done, l.fed = before(j.event.Cursor), before(j.event.Cursor)
	}
	d.markLocked(l, true, true)
	l.next = at
	d.dueAt = earlier(d.dueAt, at)
}

// deliver makes the attempt and judges it.
func (d *dispatcher) deliver(j job, event *domain.Event) {
	attempt, answer := d.drive.attempt(d.drive.ctx, j.hook, j.trusted, event, domain.DeliveryID(d.id, event.Cursor))
	now := time.Now()
	if attempt.Outcome == "" { // the end came before the receiver answered
		d.end(j, func() { d.againLocked(j, now) })
		return
	}
	since := j.since
	if since.IsZero() {
		since = attempt.At
	}
	over := attempt.Outcome != ports.OutcomeDelivered && d.over(j.hook.Retry, attempt.Outcome, since, event, now)
	if over {
		over = d.drive.bury(d.drive.ctx, d.id, event, attempt, j.attempts+1) == nil
	}
	d.drive.options.Observer.Attempted(attempt.Outcome, attempt.Took, attempt.Outcome != ports.OutcomeDelivered && !over)
	gone := false
	d.end(j, func() {
		d.noteLocked(attempt)
		d.dirty = true
		switch {
		case attempt.Outcome == ports.OutcomeDelivered:
			d.tookLocked(now)
			d.dealtLocked(j.lane, event)
			d.succeededLocked(j.lane)
		case over:
			d.trouble++
			d.dealtLocked(j.lane, event)
			d.buriedLocked(j.lane, since, now)
		default:
			gone = d.failedLocked(j, event, attempt, answer, since, now)
		}
	})
	d.drive.dirty.signal()
	if gone {
		d.drive.head.leave(d)
	}
}

// over says whether a delivery that failed has been tried long enough.
func (d *dispatcher) over(retry domain.WebhookRetry, outcome ports.WebhookOutcome, since time.Time, event *domain.Event, now time.Time) bool {
	switch outcome {
	case ports.OutcomeGone, ports.OutcomeForbidden:
		return false // not the event's fault
	case ports.OutcomeRefused:
		if retry.DropRefused {
			return true
		}
	}
	if received := event.Received.Time(); received.After(since) {
		since = received
	}
	return now.Sub(since) >= retry.GiveUpAfter
}

// tookLocked notes that the receiver takes events.
func (d *dispatcher) tookLocked(now time.Time) {
	if d.troubledLocked() {
		d.drive.options.Logger.Info("a webhook takes events again", "webhook", d.id)
		if d.waiting > 0 && now.Sub(d.woke) >= wakeInterval {
			d.woke = now
			for _, l := range d.lanes {
				if l.waiting {
					l.next = now
				}
			}
			d.dueAt = now
		}
	}
	d.trouble = 0
}

// dealtLocked notes that nothing is left to do for an event.
func (d *dispatcher) dealtLocked(l *lane, event *domain.Event) {
	l.fed = later(l.fed, event.Cursor)
	if l.own {
		l.done = event.Cursor
	}
}

// succeededLocked lets a lane go on.
func (d *dispatcher) succeededLocked(l *lane) {
	l.attempts, l.fails, l.since = 0, 0, time.Time{}
	d.markLocked(l, l.behind, false)
}

// buriedLocked lets a lane go on behind an event that was given up: the next one counts as failing since the lane does.
func (d *dispatcher) buriedLocked(l *lane, since, now time.Time) {
	if !l.behind || l.fed.Seq >= l.last.Seq {
		d.succeededLocked(l)
		if len(l.pending) > 0 {
			l.since = since
		}
		return
	}
	l.attempts, l.since, l.next = 0, since, now
	d.markLocked(l, true, true)
	d.dueAt = earlier(d.dueAt, now)
}

// failedLocked makes a lane wait, and says whether the receiver is gone.
func (d *dispatcher) failedLocked(j job, event *domain.Event, attempt ports.WebhookAttempt, answer ports.WebhookAnswer, since, now time.Time) bool {
	l := j.lane
	l.current = event
	d.leaveLocked(l)
	l.current = nil
	d.dropLocked(l)
	l.done, l.fed = before(event.Cursor), before(event.Cursor)
	l.received, l.since = event.Received, since
	l.attempts++
	l.fails++
	l.next = now.Add(pause(l.fails, j.hook.Retry.MaxPause))
	d.markLocked(l, true, true)
	d.dueAt = earlier(d.dueAt, l.next)
	d.trouble++
	if d.trouble == d.hook.Concurrency+1 {
		d.drive.options.Logger.Warn("a webhook does not take events", "webhook", d.id, "outcome", string(attempt.Outcome), "status", attempt.Status)
	}
	switch attempt.Outcome {
	case ports.OutcomeGone:
		d.gone = j.serial
		d.drive.options.Logger.Warn("a webhook is gone and will not be called any more", "webhook", d.id)
		return true
	case ports.OutcomeForbidden:
		d.pausedUntil = now.Add(j.hook.Retry.MaxPause)
	case ports.OutcomeLater, ports.OutcomeFailed:
		if after := min(answer.RetryAfter, maxRetryAfter); after > 0 {
			d.pausedUntil = now.Add(after)
		}
	}
	return false
}
