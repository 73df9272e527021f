package hub

import (
	"context"
	"log/slog"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

// publishPage is the most events that are read from the log at once.
const publishPage = 512

// pagesAQueue is how many pages fit into an empty queue at least: so much may be published before a reader that
// waits has taken the first of it.
const pagesAQueue = 4

// publisher reads the tail of the log and puts what is new into the queues of
// live readers. All fields but commands belong to the goroutine in run.
type publisher struct {
	log      ports.EventLog
	interval time.Duration
	// Bounds of a page: events, and bytes of payload, which one event alone may have more of.
	maxEvents, maxBytes int
	now                 func() time.Time
	logger              *slog.Logger
	commands            *commands

	index     *index
	published domain.Cursor // meaningful while somebody is live
	at        time.Time     // of the last publishing
	spare     []command
	retry     retry
}

func newPublisher(log ports.EventLog, options Options) publisher {
	return publisher{
		log:       log,
		interval:  options.PublishInterval,
		maxEvents: max(1, min(publishPage, options.MaxQueueMessages/pagesAQueue)),
		maxBytes:  options.MaxQueueBytes / pagesAQueue,
		now:       options.Now,
		logger:    options.Logger,
		commands:  newCommands(),
		index:     newIndex(),
	}
}

// run publishes until ctx ends.
func (p *publisher) run(ctx context.Context) error {
	defer p.commands.close()
	for {
		if err := p.step(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			p.logger.Warn("event log cannot be read", "kind", domain.KindOf(err).String(), "error", err)
			p.retry.sleep(ctx)
			continue
		}
		p.retry.reset()
	}
}

// step publishes one page, or waits for something to do.
func (p *publisher) step(ctx context.Context) error {
	p.obey()
	if p.index.size == 0 {
		return p.wait(ctx, nil)
	}
	from := p.published
	page, err := p.log.Read(ctx, domain.Filter{}, from, p.maxEvents)
	if err != nil {
		return err
	}
	p.obey() // who has read up to here meanwhile needs nothing but this page
	if p.published != from {
		return nil // all had left, and who came stands elsewhere
	}
	if page.Gap != nil || page.Reset {
		// What is lost differs from reader to reader: each finds out from its own position.
		p.index.dismiss(p.published)
		return nil
	}
	if len(page.Events) == 0 {
		p.published = page.Next
		last, more, err := p.log.Tail(ctx)
		if err != nil || behind(p.published, last) {
			return err
		}
		return p.wait(ctx, more)
	}
	p.cut(&page)
	p.index.publish(page.Events, p.published)
	p.published = page.Next
	p.at = p.now()
	return p.pause(ctx)
}

// cut leaves of a page what keeps to maxBytes, and at least one event.
func (p *publisher) cut(page *ports.Page) {
	bytes := 0
	for i, e := range page.Events {
		if bytes += len(e.Payload); bytes > p.maxBytes && i > 0 {
			page.Events, page.Next = page.Events[:i], page.Events[i-1].Cursor
			return
		}
	}
}

// obey carries out what readers asked for. At this instant published is the
// last published cursor: nothing is half published.
func (p *publisher) obey() {
	cmds := p.commands.receive(p.spare)
	p.spare = cmds
	for _, cmd := range cmds {
		if cmd.leave {
			p.index.remove(cmd.stream)
		}
	}
	if p.index.size == 0 {
		p.startFrom(cmds)
	}
	for _, cmd := range cmds {
		switch {
		case cmd.leave:
		case behind(cmd.position, p.published):
			cmd.stream.fallBehind(p.published)
		case cmd.stream.goLive():
			p.index.add(cmd.stream)
		}
	}
	clear(cmds)
}

// startFrom puts the published cursor, which means nothing while nobody is live, where the
// first of those who want to join stands.
func (p *publisher) startFrom(cmds []command) {
	first := true
	for _, cmd := range cmds {
		if !cmd.leave && (first || behind(cmd.position, p.published)) {
			p.published, first = cmd.position, false
		}
	}
}

// wait blocks until there is more in the log, or a command.
func (p *publisher) wait(ctx context.Context, more <-chan struct{}) error {
	select {
	case <-more:
		return nil
	case <-p.commands.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pause lets events come together, so that each reader is woken once for all of them. Commands wait as long.
func (p *publisher) pause(ctx context.Context) error {
	if p.interval <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(p.interval)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// behind reports whether a lies before b, or cannot be compared with it.
func behind(a, b domain.Cursor) bool { return a.Epoch != b.Epoch || a.Seq < b.Seq }
