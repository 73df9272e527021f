package jsonrpc_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"testing"

	"golang.org/x/sync/errgroup"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/jsonrpc"
)

// Defects 1 and 2: an answer that comes at once is lost, and parallel calls end the process.
func TestDefect1And2AnswersThatComeAtOnceUnderParallelLoad(t *testing.T) {
	const callers, calls = 64, 100
	client, server := net.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	var sides errgroup.Group
	sides.Go(func() error {
		in := bufio.NewReader(server)
		for {
			line, err := in.ReadBytes('\n')
			if err != nil {
				return nil
			}
			var r request
			if err := json.Unmarshal(line, &r); err != nil {
				return err
			}
			text := r.Params
			if r.Method == "version" {
				text = json.RawMessage(`{}`)
			}
			if _, err := fmt.Fprintf(server, `{"jsonrpc":"2.0","result":%s,"id":%s}`+"\n", text, r.ID); err != nil {
				return nil
			}
		}
	})
	c := jsonrpc.New(func(context.Context) (io.ReadWriteCloser, error) { return client, nil }, nil, jsonrpc.Options{})
	sides.Go(func() error { _ = c.Run(ctx); return nil })
	var all errgroup.Group
	for caller := range callers {
		all.Go(func() error {
			for i := range calls {
				text := fmt.Sprintf("%d of %d", i, caller)
				result, err := c.Call(ctx, signalcli.Call{Method: "send", Params: []signalcli.Param{{Name: "message", Value: text}}})
				if want := fmt.Sprintf(`{"message":%q}`, text); err != nil || string(result) != want {
					return fmt.Errorf("got %s, %w; want %s", result, err, want)
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
	cancel()
	server.Close()
	if err := sides.Wait(); err != nil {
		t.Error(err)
	}
}
