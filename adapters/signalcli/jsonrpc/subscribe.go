package jsonrpc

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
)

const (
	// subscribeTimeout bounds a subscribe or unsubscribe.
	subscribeTimeout = 30 * time.Second
	// subscribeRetry is the pause after one that failed.
	subscribeRetry = time.Second
)

// subscription is what the keeper of one connection knows.
type subscription struct {
	cn *conn
	// ids are our subscriptions: one, or two for the moment of a change.
	ids []int64
	// off is set when there is nothing to subscribe to: a daemon that receives by itself, or cannot.
	off bool
	// renew asks for a new subscription in place of the one there is.
	renew bool
}

// keepSubscribed subscribes while the receiver wants messages and unsubscribes while it does not. A daemon
// that sends bare notifications beside receives by itself: then our subscription only doubles, and goes.
func (cn *conn) keepSubscribed(ctx context.Context, warned *atomic.Bool) {
	s := &subscription{cn: cn}
	defer s.leave(ctx)
	for {
		wanted, changed := cn.receiver.Wanted()
		retry := time.NewTimer(subscribeRetry)
		if s.settle(ctx, wanted) {
			retry.Stop()
		}
		select {
		case <-ctx.Done():
		case <-cn.lost:
		case <-changed:
		case <-retry.C:
		case <-cn.accounts:
			s.renew = len(s.ids) > 0
		case <-cn.bare:
			s.off = true
			if !warned.Swap(true) {
				cn.log.Warn("signal-cli receives by itself: messages that arrive while the gateway is away are lost; " +
					"start it with --receive-mode=manual")
			}
		}
		retry.Stop()
		if ctx.Err() != nil || cn.isLost() {
			return
		}
	}
}

// settle brings the subscriptions to what is wanted; false when it must be tried again.
func (s *subscription) settle(ctx context.Context, wanted bool) bool {
	switch {
	case s.off || !wanted:
		s.renew = false
		return s.unsubscribe(ctx, len(s.ids))
	case len(s.ids) == 0, s.renew:
		old := len(s.ids)
		if !s.subscribe(ctx) {
			return s.off
		}
		s.renew = false
		return s.unsubscribe(ctx, old)
	}
	return true
}

func (s *subscription) subscribe(ctx context.Context) bool {
	answer, err := s.cn.ownCall(ctx, signalcli.Call{Method: "subscribeReceive"}, subscribeTimeout)
	if err != nil {
		s.off = domain.KindOf(err) == domain.Unsupported
		s.complain(ctx, "cannot subscribe to messages", err)
		return false
	}
	var id int64
	if err := json.Unmarshal(answer, &id); err != nil {
		s.complain(ctx, "signal-cli gave no number for the subscription", err)
		s.off = true
		return false
	}
	s.ids = append(s.ids, id)
	s.cn.subscribed.Store(true)
	return true
}

// unsubscribe ends the oldest n subscriptions. One that signal-cli does not know is ended too.
func (s *subscription) unsubscribe(ctx context.Context, n int) bool {
	for ; n > 0; n-- {
		if len(s.ids) == 1 {
			s.cn.subscribed.Store(false)
		}
		call := signalcli.Call{Method: "unsubscribeReceive", Params: []signalcli.Param{{Name: "subscription", Value: s.ids[0]}}}
		_, err := s.cn.ownCall(ctx, call, subscribeTimeout)
		switch domain.KindOf(err) {
		case domain.Timeout, domain.Canceled, domain.Unavailable:
			s.complain(ctx, "cannot unsubscribe from messages", err)
			return false
		}
		s.ids = s.ids[1:]
	}
	return true
}

// leave unsubscribes before the gateway ends, so that what comes later waits at Signal.
func (s *subscription) leave(ctx context.Context) {
	if s.cn.reason() != nil || len(s.ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	s.unsubscribe(ctx, len(s.ids))
}

func (s *subscription) complain(ctx context.Context, what string, err error) {
	if ctx.Err() == nil && s.cn.reason() == nil {
		s.cn.log.Warn(what, slog.Any("error", err))
	}
}
