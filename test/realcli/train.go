package realcli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"heliograph/test/realcli/fakesignal"
)

// train starts the fresh accounts once, so that their prekeys are uploaded and
// each test need not wait for that; and then lets a copy of them talk, to learn
// which classes a signal-cli loads.
func (i *Install) train(ctx context.Context, dir string, authority *fakesignal.Authority) error {
	master := filepath.Join(dir, accountDir)
	server, err := fakesignal.Start(authority, master, nil)
	if err != nil {
		return err
	}
	defer server.Close()
	temp, err := os.MkdirTemp("", "realcli")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	start := launcher{install: i, partner: dir, proxy: server.ProxyAddr(), temp: temp}
	if err := start.write(temp); err != nil {
		return err
	}
	program := filepath.Join(temp, "signal-cli")
	if err := mustRun(ctx, nil, program, "--config", master, "listAccounts"); err != nil {
		return err
	}
	state, err := server.Snapshot()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, serverFile), state, 0o644); err != nil {
		return err
	}
	pupil := filepath.Join(temp, "accounts")
	if err := os.CopyFS(pupil, os.DirFS(master)); err != nil {
		return err
	}
	env := []string{"JAVA_OPTS=" + quoteOpts([]string{"-XX:ArchiveClassesAtExit=" + filepath.Join(dir, archive)})}
	return talk(ctx, env, program, pupil)
}

// talk sends a message each way between the first two accounts, in one process.
func talk(ctx context.Context, env []string, program, configDir string) error {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	cmd := command(ctx, env, program, "--config", configDir, "jsonRpc", "--receive-mode", "manual")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c := &Conversation{w: in, r: bufio.NewReader(out)}
	say := func(method string, params map[string]any) {
		if err == nil {
			_, err = c.Call(method, params)
		}
	}
	first, second := number(1), number(2)
	say("version", nil)
	say("listAccounts", nil)
	say("subscribeReceive", nil)
	say("send", map[string]any{"account": first, "recipient": []string{second}, "message": "one way"})
	say("send", map[string]any{"account": second, "recipient": []string{first}, "message": "and back"})
	say("listContacts", map[string]any{"account": first})
	say("listGroups", map[string]any{"account": first})
	for range 2 {
		if err == nil {
			_, err = c.Notification()
		}
	}
	err = errors.Join(err, in.Close())
	if wait := cmd.Wait(); wait != nil {
		err = errors.Join(err, fmt.Errorf("signal-cli jsonRpc: %w", wait))
	}
	return err
}

// number is the n-th account's, from 1 on.
func number(n int) string { return fmt.Sprintf("+1555010%04d", n) }
