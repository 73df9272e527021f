package clients_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// echoes is how many messages each writer sends to the bot.
const echoes = 25

// TestSignalbot runs an echo bot with 8 consumers, each of which answers with four
// requests: the load under which the reference died. Two people write to it at
// once, and one of them also in a group. The gateway asks for a token.
func TestSignalbot(t *testing.T) {
	clients := installed(t)
	needs := []string{"GET /v1/groups/{number}", "PUT /v1/typing-indicator/{number}", "DELETE /v1/typing-indicator/{number}", "POST /v1/reactions/{number}"}
	bots := []struct {
		name, venv, script, version string
		files                       [][]byte // with the first message of each writer
	}{
		{"signalbot 1", "signalbot1", "echo_bot_1.py", "0.100", [][]byte{png}},
		// It works with an API of version 0.101 on only, whose /v2/send answers a list, and
		// wants of an attachment whether it is a voice note, which signal-cli 0.14.6 does not say.
		{"signalbot 2", "python", "echo_bot_2.py", "0.101.0", nil},
	}
	var scenarios []scenario
	for _, bot := range bots {
		scenarios = append(scenarios, scenario{bot.name, needs, func(t *testing.T) {
			g := startGateway(t, "BUILD_VERSION="+bot.version, "HELIOGRAPH_TOKEN=correct-horse-battery-staple")
			echo(t, g, bot.files, clients.python(t, bot.venv, bot.script, g.host, alice, g.token))
		}})
	}
	runAll(t, scenarios)
}

// echo lets a bot act for Alice and demands an answer to everything that is written
// to her; it fetches the files that come with a message before it answers.
func echo(t *testing.T, g *gateway, files [][]byte, script *exec.Cmd) {
	bobs, carols := g.inbox(t, bob), g.inbox(t, carol)
	stop := startBot(t, script)
	g.awaitReaders(t, "websocket", 1)

	var writers errgroup.Group
	sent := make([]map[string]identity, 3) // by text
	for i, w := range []struct{ from, uuid, to, text string }{
		{bob, bobUUID, alice, "echo to Bob %d"}, {carol, carolUUID, alice, "echo to Carol %d"}, {carol, carolUUID, demoGroupID, "echo to all %d"},
	} {
		sent[i] = map[string]identity{}
		writers.Go(func() error {
			for n := range echoes {
				text := fmt.Sprintf(w.text, n)
				attached := files
				if n > 0 {
					attached = nil
				}
				timestamp, err := g.trySend(t.Context(), w.from, text, w.to, attached...)
				if err != nil {
					return err
				}
				sent[i][text] = identity{w.uuid, timestamp}
			}
			return nil
		})
	}
	if err := writers.Wait(); err != nil {
		t.Fatal(err)
	}
	collectEchoes(t, bobs, sent[0], sent[2])
	collectEchoes(t, carols, sent[1], sent[2])

	if status := g.request(t, http.MethodGet, "/v1/health", nil, nil); status != http.StatusNoContent {
		t.Errorf("health: status %d", status)
	}
	if said := stop(); strings.Contains(said, "Traceback") || strings.Contains(said, "Error") {
		t.Errorf("the bot said:\n%s", said)
	}
}

// identity is what a message is known by.
type identity struct {
	authorUUID string
	timestamp  int64
}

// collectEchoes reads from an inbox until each message was answered once: a quote
// with the same text after a reaction and a typing indicator, alone or in the group.
func collectEchoes(t *testing.T, box *inbox, alone, inGroup map[string]identity) {
	t.Helper()
	reactions, typing, answered := map[identity]int{}, map[string]int{}, map[string]int{}
	for len(answered) < len(alone)+len(inGroup) || typing["STOPPED"] < len(alone)+len(inGroup) {
		got := box.next(t, "an echo", func(e envelope) bool { return e.SourceNumber == alice })
		switch {
		case got.TypingMessage != nil:
			typing[got.TypingMessage.Action]++
		case got.DataMessage != nil && got.DataMessage.Reaction != nil:
			reaction := got.DataMessage.Reaction
			reactions[identity{reaction.TargetAuthorUUID, reaction.TargetSentTimestamp}]++
		case got.DataMessage != nil:
			text := got.DataMessage.Message
			if answered[text]++; answered[text] > 1 {
				t.Errorf("%q was answered %d times", text, answered[text])
			}
			want, group := alone[text], got.DataMessage.GroupInfo != nil
			if group {
				want = inGroup[text]
			}
			if quote := got.DataMessage.Quote; quote == nil || quote.Text != text || want != (identity{quote.AuthorUUID, quote.ID}) {
				t.Errorf("answer %q in group %v quotes %+v, want %+v", text, group, quote, want)
			}
			if reactions[want] != 1 {
				t.Errorf("%q has %d reactions when the answer comes", text, reactions[want])
			}
		}
	}
	if all := len(alone) + len(inGroup); typing["STARTED"] != all || typing["STOPPED"] != all {
		t.Errorf("typing indicators %v, want %d of each", typing, all)
	}
}

// startBot starts a bot, waits until it says that it is ready, and gives what ends it and returns what it said on standard error.
func startBot(t *testing.T, command *exec.Cmd) (stop func() string) {
	t.Helper()
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	command.Stderr = &said
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	hung := time.AfterFunc(3*hangLimit, func() { _ = command.Process.Kill() })
	ended := false
	end := func() string {
		if !ended {
			ended = true
			hung.Stop()
			_ = command.Process.Signal(syscall.SIGTERM)
			_ = command.Wait()
		}
		return said.String()
	}
	t.Cleanup(func() {
		if text := end(); t.Failed() {
			t.Logf("the bot said:\n%s", text)
		}
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("the bot is not ready: %q, %v", lines.Text(), lines.Err())
	}
	return end
}
