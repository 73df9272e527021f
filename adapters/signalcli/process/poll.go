package process

import (
	"context"
	"strconv"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
	"heliograph/ports"
)

// Poll is ports.Poller. It waits for half the time limit of a process at most, or until that limit where options.Timeout is negative,
// and ends without failure when the limit is over, or when a call of the account waits and it had its share of time.
//
// What signal-cli has printed it has acknowledged to Signal: when ctx ends, or the time limit, signal-cli is
// asked to end, and what it printed until then is handed over all the same.
func (c *Carrier) Poll(ctx context.Context, account domain.Account, options ports.PollOptions, receive func(payload []byte) error) error {
	call := c.receiveCall(account, options)
	args, _, err := c.arguments(call)
	if err != nil {
		return err
	}
	turn, err := c.queue.enter(ctx, account, polls)
	if err != nil {
		return withOp(call.Method, err)
	}
	defer turn.leave()
	r, err := c.start(args, "", javaOptions(c.options.Archive))
	if err != nil {
		return withOp(call.Method, err)
	}
	defer c.runs.Done()
	limit := time.AfterFunc(c.options.Timeout, r.end)
	defer limit.Stop()
	defer context.AfterFunc(ctx, r.end)()
	go c.yield(r, turn)

	lines := payloads{next: receive, refused: r.end}
	readErr := lines.read(r.process, int(c.options.MaxOutput))
	exit := r.wait()
	if lines.lost > 0 {
		c.log.Error("received messages could not be handed over and are lost", "messages", lines.lost)
	}
	if lines.failed != nil {
		return lines.failed
	}
	if ctx.Err() != nil {
		return &domain.Error{Op: call.Method, Kind: domain.KindOf(ctx.Err()), Detail: "the request ended while signal-cli received", Err: ctx.Err()}
	}
	if exit.Terminated && c.stop.Err() != nil {
		return withOp(call.Method, errClosed)
	}
	_, err = judge(call, exit, nil, r.stderr.bytes(), readErr)
	if exit.Terminated && readErr == nil && (options.Timeout < 0 || lines.count > 0 || r.yielded.Load()) {
		err = nil // it waited, or received, as long as it may
	}
	c.note(call.Method, exit, err)
	return err
}

// yield ends a poll for which a call waits, once it had its share. It ends with the poll.
func (c *Carrier) yield(r *run, turn *turn) {
	share := time.NewTimer(c.options.PollShare)
	defer share.Stop()
	select {
	case <-turn.wanted:
	case <-r.process.Done():
		return
	}
	select {
	case <-share.C:
		r.yielded.Store(true)
		r.end()
	case <-r.process.Done():
	}
}

// receiveCall is the call of a poll.
func (c *Carrier) receiveCall(account domain.Account, options ports.PollOptions) signalcli.Call {
	timeout := options.Timeout
	switch {
	case timeout < 0:
		timeout = -time.Second
	case timeout == 0:
		timeout = c.options.PollTimeout
	}
	if timeout > 0 {
		timeout = max(min(timeout, c.options.Timeout/2), time.Second)
	}
	params := []signalcli.Param{{Name: "timeout", Value: strconv.FormatFloat(timeout.Seconds(), 'f', -1, 64)}}
	if options.MaxMessages > 0 {
		params = append(params, signalcli.Param{Name: "maxMessages", Value: int64(options.MaxMessages)})
	}
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"ignoreAttachments", options.IgnoreAttachments}, {"ignoreStories", options.IgnoreStories},
		{"ignoreAvatars", options.IgnoreAvatars}, {"ignoreStickers", options.IgnoreStickers},
		{"sendReadReceipts", options.SendReadReceipts},
	} {
		params = append(params, signalcli.Param{Name: flag.name, Value: flag.set})
	}
	return signalcli.Call{Method: "receive", Account: account, Params: params}
}
