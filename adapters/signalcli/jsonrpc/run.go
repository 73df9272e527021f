package jsonrpc

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"
)

const (
	// minBackoff is the first pause between attempts to connect.
	minBackoff = 50 * time.Millisecond
	// steady is how long a connection must live so that the next pause is short again.
	steady = 5 * time.Second
	// reminder is how often the log tells that there is still no connection.
	reminder = time.Minute
	// farewell bounds the time for the last unsubscribe.
	farewell = 2 * time.Second
	// lingering is how long a connection that cannot be written is still read.
	lingering = time.Second
)

var errClosing = errors.New("the gateway ends")

// Run connects, and again whenever the connection is lost, until ctx ends; it returns ctx.Err() when all its goroutines
// have ended. It may be called once.
func (c *Client) Run(ctx context.Context) error {
	defer c.end(errClosing)
	pause := minBackoff
	var told time.Time
	for {
		started := time.Now()
		err := c.connectOnce(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(started) >= steady {
			pause, told = minBackoff, time.Time{}
		}
		level := slog.LevelDebug
		if time.Since(told) >= reminder {
			level, told = slog.LevelWarn, time.Now()
		}
		c.options.Logger.Log(ctx, level, "no connection to signal-cli, trying again", slog.Any("error", err))
		if !sleep(ctx, pause/2+rand.N(pause)) {
			return ctx.Err()
		}
		pause = min(2*pause, c.options.MaxBackoff)
	}
}

// connectOnce makes one connection and serves it to its end.
func (c *Client) connectOnce(ctx context.Context) error {
	dialing, cancel := context.WithTimeout(ctx, c.options.DialTimeout)
	rw, err := c.dial(dialing)
	cancel()
	if err != nil {
		c.setCurrent(nil, err)
		return err
	}
	cn := newConn(rw, c.receiver, &c.waiters, c.options)
	c.options.Logger.Info("connected to signal-cli")
	c.setCurrent(cn, nil)
	return c.serve(ctx, cn)
}

// serve runs the goroutines of cn: one reads, one writes, one keeps the subscription, one watches. When ctx ends it
// unsubscribes first and reads until that is answered, so that nothing is lost that signal-cli has acknowledged.
func (c *Client) serve(ctx context.Context, cn *conn) error {
	life := newWorkers(context.WithoutCancel(ctx))
	keepers := newWorkers(ctx)
	readEnded := make(chan struct{})
	life.start(func(ctx context.Context) {
		defer close(readEnded)
		cn.lose(cn.readLoop(ctx))
	})
	life.start(func(ctx context.Context) {
		if err := cn.writeLoop(); err != nil {
			cn.lose(err)
		}
	})
	keepers.start(cn.watch)
	if c.options.Subscribe && c.receiver != nil {
		keepers.start(func(ctx context.Context) { cn.keepSubscribed(ctx, &c.warned) })
	}
	select {
	case <-ctx.Done():
	case <-cn.lost:
		c.setCurrent(nil, cn.reason())
		cn.readOut(ctx, readEnded)
	}
	keepers.StopAndWait()
	cn.lose(errClosing)
	c.setCurrent(nil, cn.reason())
	_ = cn.rw.Close()
	life.StopAndWait()
	return cn.reason()
}

// readOut leaves the reader of a connection that cannot be written time for what has arrived already; as long as
// it takes while that cannot be stored.
func (cn *conn) readOut(ctx context.Context, readEnded <-chan struct{}) {
	again := time.NewTicker(lingering)
	defer again.Stop()
	for {
		select {
		case <-readEnded:
			return
		case <-ctx.Done():
			return
		case <-again.C:
			if cn.receiver == nil || !cn.receiver.Stalled() {
				return
			}
		}
	}
}

// sleep waits; it reports false when ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
