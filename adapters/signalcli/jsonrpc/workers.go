package jsonrpc

import (
	"context"
	"sync"
)

// workers are the goroutines of one connection.
type workers struct {
	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
}

func newWorkers(ctx context.Context) *workers {
	ctx, cancel := context.WithCancel(ctx)
	return &workers{ctx: ctx, cancel: cancel}
}

// start runs work until it returns; it must return soon after its context ends.
func (w *workers) start(work func(ctx context.Context)) {
	w.group.Go(func() { work(w.ctx) })
}

// StopAndWait ends the context of all and waits for them.
func (w *workers) StopAndWait() {
	w.cancel()
	w.group.Wait()
}
