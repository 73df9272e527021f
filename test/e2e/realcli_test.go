package e2e_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"testing"

	"heliograph/test/realcli"
)

// realModes are the ways to run a gateway on the real signal-cli.
var realModes = map[string]func(t *testing.T, rig *realcli.Rig) []string{
	"json-rpc": func(_ *testing.T, rig *realcli.Rig) []string {
		return []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_COMMAND=" + rig.Command}
	},
	"json-rpc-native": func(_ *testing.T, rig *realcli.Rig) []string {
		return []string{"MODE=json-rpc-native", "PATH=" + rig.NativeDir + ":" + os.Getenv("PATH")}
	},
	"json-rpc over TCP": func(t *testing.T, rig *realcli.Rig) []string {
		daemon := rig.StartDaemon(t, realcli.DaemonOptions{TCP: true})
		return []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=tcp://" + daemon.TCP}
	},
	"json-rpc of a child": func(_ *testing.T, rig *realcli.Rig) []string {
		return []string{"MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=stdio:", "HELIOGRAPH_SIGNAL_CLI_COMMAND=" + rig.Command}
	},
	"normal": func(_ *testing.T, rig *realcli.Rig) []string {
		return []string{"MODE=normal", "HELIOGRAPH_SIGNAL_CLI_COMMAND=" + rig.Command, "HELIOGRAPH_RECEIVE_INTERVAL=1"}
	},
	"native": func(_ *testing.T, rig *realcli.Rig) []string {
		return []string{"MODE=native", "PATH=" + rig.NativeDir + ":" + os.Getenv("PATH"), "HELIOGRAPH_RECEIVE_INTERVAL=1"}
	},
}

// serveReal starts a gateway on a rig and waits until it can send and receive.
func serveReal(t *testing.T, rig *realcli.Rig, mode string) gateway {
	t.Helper()
	env := append(realModes[mode](t, rig), "SIGNAL_CLI_CONFIG_DIR="+rig.ConfigDir)
	g := serve(t, env...)
	awaitHealthy(t, g)
	return g
}

// Everything that a message can hold crosses from one account to the other, encrypted and decrypted by the real signal-cli.
func TestRealExchange(t *testing.T) {
	for mode := range realModes {
		t.Run(mode, func(t *testing.T) {
			rig := realcli.Start(t, realcli.Options{})
			first, second, peer := rig.Accounts[0].Number, rig.Accounts[1].Number, rig.Peers[0].Number
			g := serveReal(t, rig, mode)
			watcher := g.watchWebSocket(t, second)

			g.send(t, text(first, second, "the message that is quoted"))
			quoted := watcher.message("the message that is quoted")
			if quoted.Envelope.SourceNumber != first || quoted.Account != second {
				t.Errorf("from %s for %s", quoted.Envelope.SourceNumber, quoted.Account)
			}

			content := noise(1 << 20)
			g.send(t, map[string]any{
				"number": first, "recipients": []string{second},
				"message": "**bold** and plain", "text_mode": "styled",
				"quote_timestamp": quoted.Envelope.Timestamp, "quote_author": first, "quote_message": "the message that is quoted",
				"base64_attachments": []string{"data:application/octet-stream;filename=noise.bin;base64," + base64.StdEncoding.EncodeToString(content)},
			})
			full := watcher.message("bold and plain")
			checkFull(t, full, quoted.Envelope.Timestamp)
			g.checkAttachment(t, full, content)

			sent := rig.Run(t, rig.PeerDir, "", "-a", peer, "sendReaction", "-e", "👍", "--target-author", first,
				"--target-timestamp", strconv.FormatInt(quoted.Envelope.Timestamp, 10), second)
			if sent.Exit != 0 {
				t.Fatalf("the peer cannot react: %s", sent.Stderr)
			}
			watcher.until(func(p payload) bool {
				return p.Envelope.DataMessage != nil && p.Envelope.DataMessage.Reaction != nil && p.Envelope.DataMessage.Reaction.Emoji == "👍"
			})
		})
	}
}

func checkFull(t *testing.T, p payload, quoted int64) {
	t.Helper()
	d := p.Envelope.DataMessage
	if len(d.TextStyles) != 1 || d.TextStyles[0].Style != "BOLD" || d.TextStyles[0].Start != 0 || d.TextStyles[0].Length != 4 {
		t.Errorf("styles %+v", d.TextStyles)
	}
	if d.Quote == nil || d.Quote.ID != quoted || d.Quote.Text != "the message that is quoted" {
		t.Errorf("quote %+v", d.Quote)
	}
}

// checkAttachment fetches the one attachment of a message and compares it.
func (g gateway) checkAttachment(t *testing.T, p payload, want []byte) {
	t.Helper()
	attachments := p.Envelope.DataMessage.Attachments
	if len(attachments) != 1 || attachments[0].Filename != "noise.bin" || attachments[0].Size != int64(len(want)) {
		t.Fatalf("attachments %+v", attachments)
	}
	request, err := http.NewRequestWithContext(within(t), http.MethodGet, g.url+"/v1/attachments/"+attachments[0].ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	got, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("attachment: %d %v", response.StatusCode, err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the attachment came with %d bytes and is not the same", len(got))
	}
}

// noise is the same in every run.
func noise(size int) []byte {
	content := make([]byte, size)
	source := rand.NewChaCha8([32]byte{'h', 'e', 'l', 'i', 'o'})
	_, _ = source.Read(content) // never fails
	return content
}

func TestRealDaemonIsKilledAndTheNextMessageArrives(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	first, second, peer := rig.Accounts[0].Number, rig.Accounts[1].Number, rig.Peers[0].Number
	g := serveReal(t, rig, "json-rpc")
	watcher := g.watchWebSocket(t, second)
	g.send(t, text(first, second, "before"))
	watcher.message("before")

	if killed := rig.Kill(t); killed == 0 {
		t.Fatal("there was no daemon to kill")
	}
	rig.SendByOtherMeans(t, peer, second, "while it is gone")
	watcher.message("while it is gone")

	awaitHealthy(t, g)
	g.send(t, text(first, second, "after"))
	watcher.message("after")
}

func TestRealMessageWaitsForTheGateway(t *testing.T) {
	for _, mode := range []string{"json-rpc", "normal"} {
		t.Run(mode, func(t *testing.T) {
			rig := realcli.Start(t, realcli.Options{})
			second, peer := rig.Accounts[1].Number, rig.Peers[0].Number
			g := serveReal(t, rig, mode)
			g.signal(syscall.SIGTERM)
			if code := g.exitCode(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			rig.SendByOtherMeans(t, peer, second, "while the gateway is stopped")
			serveReal(t, rig, mode).watchPlain(t, second).message("while the gateway is stopped")
		})
	}
}

// A gateway that is killed when a message is stored and nobody has read it yet, and another message that comes while it is gone: readers with a name
// get both from the next one, each once.
func TestRealMessagesOutliveAKilledGateway(t *testing.T) {
	rig := realcli.Start(t, realcli.Options{})
	second, peer := rig.Accounts[1].Number, rig.Peers[0].Number
	env := append(realModes["json-rpc"](t, rig), "SIGNAL_CLI_CONFIG_DIR="+rig.ConfigDir, "HELIOGRAPH_DATA_DIR="+t.TempDir())
	g := serve(t, env...)
	awaitHealthy(t, g)
	for _, form := range []string{"poll", "WebSocket"} {
		if status, answer := g.get(t, "/v1/events?after=latest&reader="+form); status != http.StatusOK {
			t.Fatalf("naming a reader: %d %s", status, answer)
		}
	}
	rig.SendByOtherMeans(t, peer, second, "before the kill")
	listenPoll(t, g, "oldest", "").message(t)
	g.signal(syscall.SIGKILL)
	<-g.ended
	rig.SendByOtherMeans(t, peer, second, "while it is gone")

	g = serve(t, env...)
	awaitHealthy(t, g)
	g.send(t, text(rig.Accounts[0].Number, second, "behind them"))
	for _, form := range []string{"poll", "WebSocket"} {
		l := forms[form](t, g, "", form)
		for _, want := range []string{"before the kill", "while it is gone", "behind them"} {
			if got := l.message(t); got.Payload.text() != want || got.Account != second {
				t.Fatalf("%s: %q for %s comes where %q is due", form, got.Payload.text(), got.Account, want)
			}
		}
		l.close()
	}
}
