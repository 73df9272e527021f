package e2e_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"heliograph/adapters/simulator"
)

// accountStatus is what tests read of GET /v1/accounts/{number}/status.
type accountStatus struct {
	State           string
	Since           time.Time
	Reason          string
	ChallengeTokens []string `json:"challenge_tokens"`
	BackendVersion  string   `json:"backend_version"`
	LastEvent       *string  `json:"last_event"`
}

// readiness is what tests read of /readyz.
type readiness struct {
	Ready              bool
	Problems, Warnings []string
	Accounts           map[string]int
}

func (g gateway) accountStatus(t *testing.T, account string) accountStatus {
	t.Helper()
	code, answer := g.get(t, "/v1/accounts/"+account+"/status")
	if code != http.StatusOK {
		t.Fatalf("status: %d %s", code, answer)
	}
	var status accountStatus
	if err := json.Unmarshal([]byte(answer), &status); err != nil {
		t.Fatal(err)
	}
	return status
}

// awaitState waits until an account is in a state.
func (g gateway) awaitState(t *testing.T, account, state string) accountStatus {
	t.Helper()
	for ctx := within(t); ; pause() {
		status := g.accountStatus(t, account)
		if status.State == state {
			return status
		}
		if ctx.Err() != nil {
			t.Fatalf("the account is %s, want %s", status.State, state)
		}
	}
}

func (g gateway) readiness(t *testing.T) (code int, r readiness) {
	t.Helper()
	code, answer := g.get(t, "/readyz")
	if err := json.Unmarshal([]byte(answer), &r); err != nil {
		t.Fatal(err)
	}
	return code, r
}

// wantCounted demands how many accounts the gauge has in a state.
func (g gateway) wantCounted(t *testing.T, state string, want int) {
	t.Helper()
	line := fmt.Sprintf("heliograph_accounts_in_state{state=%q} %d", state, want)
	if _, text := g.get(t, "/metrics"); !slices.Contains(strings.Split(text, "\n"), line) {
		t.Errorf("/metrics lacks %s", line)
	}
}

// daemonOf serves a simulator as a signal-cli daemon and gives a gateway on it, and what ends the daemon.
func daemonOf(t *testing.T, sim *simulator.Simulator) (g gateway, end func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = sim.Serve(t.Context(), listener) // it ends with the listener
	}()
	end = func() {
		_ = listener.Close()
		sim.Close()
		<-served
	}
	t.Cleanup(end)
	return serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS=tcp://"+listener.Addr().String()), end
}

// unregisterOutside takes an account away as the user's phone would: the gateway is not told.
func unregisterOutside(t *testing.T, sim *simulator.Simulator, account string) {
	t.Helper()
	conn := sim.Pipe()
	defer conn.Close() //nolint:errcheck // it was read
	if _, err := fmt.Fprintf(conn, `{"jsonrpc":"2.0","id":1,"method":"unregister","params":{"account":%q}}`+"\n", account); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 200)
	if n, err := conn.Read(answer); err != nil || !strings.Contains(string(answer[:n]), `"result"`) {
		t.Fatalf("unregister: %s, %v", answer[:n], err)
	}
}

// The states of an account behind a daemon, from its first round trip to its end, as a user sees them over HTTP. Clients of /v1/receive
// see messages alone.
func TestAccountStatesOfADaemon(t *testing.T) {
	t.Parallel()
	sim := simulator.New(simulator.Options{})
	g, end := daemonOf(t, sim)
	status := g.awaitState(t, alice, "working")
	if status.BackendVersion != simulator.DefaultVersion || time.Since(status.Since) > hangLimit {
		t.Errorf("%+v", status)
	}
	if code, answer := g.get(t, "/v1/accounts/+15550109999/status"); code != http.StatusNotFound {
		t.Errorf("of an account that is not there: %d %s", code, answer)
	}
	all := len(sim.Numbers())
	g.wantCounted(t, "working", all)
	socket := g.watchWebSocket(t, alice)

	sim.Fail(bob, simulator.Failure{Type: "RATE_LIMIT_FAILURE", Token: "the-token"})
	if code, answer := g.post(t, "/v2/send", `{"number":"`+alice+`","recipients":["`+bob+`"],"message":"x"}`); code != http.StatusTooManyRequests {
		t.Fatalf("send: %d %s", code, answer)
	}
	if status := g.awaitState(t, alice, "challenge_required"); !slices.Equal(status.ChallengeTokens, []string{"the-token"}) || status.Reason == "" {
		t.Errorf("%+v", status)
	}
	if code, r := g.readiness(t); code != http.StatusOK || !r.Ready || len(r.Warnings) != 1 || r.Accounts["challenge_required"] != 1 {
		t.Errorf("%d %+v", code, r)
	}
	if code, answer := g.post(t, "/v1/accounts/"+alice+"/rate-limit-challenge", `{"challenge_token":"the-token","captcha":"signalcaptcha://solved"}`); code != http.StatusNoContent {
		t.Fatalf("challenge: %d %s", code, answer)
	}
	g.awaitState(t, alice, "working")

	g.send(t, text(bob, alice, "before the end"))
	if got := socket.until(func(payload) bool { return true }); got.text() != "before the end" {
		t.Errorf("the WebSocket got something before the message: %+v", got)
	}
	if status := g.accountStatus(t, alice); status.LastEvent == nil {
		t.Errorf("no time of the last event: %+v", status)
	}
	unregisterOutside(t, sim, alice)
	if status := g.awaitState(t, alice, "unlinked"); status.Reason == "" {
		t.Errorf("%+v", status)
	}
	g.await(`msg="state of an account" account=\S+ was=working is=unlinked`)
	if code, r := g.readiness(t); code != http.StatusOK || !r.Ready || len(r.Warnings) != 1 || r.Accounts["unlinked"] != 1 || r.Accounts["working"] != all-1 {
		t.Errorf("one of several is lost: %d %+v", code, r)
	}
	g.wantCounted(t, "unlinked", 1)

	end()
	if status := g.awaitState(t, bob, "backend_down"); status.Reason == "" {
		t.Errorf("%+v", status)
	}
	g.awaitState(t, alice, "unlinked")
	if code, r := g.readiness(t); code != http.StatusServiceUnavailable || len(r.Problems) != 1 {
		t.Errorf("%d %+v", code, r)
	}
	g.signal(syscall.SIGTERM)
	if code := g.exitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for {
		p, err := socket.next()
		if err != nil {
			break
		}
		if p.Envelope.Timestamp == 0 {
			t.Errorf("the WebSocket got what is no message: %+v", p)
		}
	}
}

// A gateway whose only account is lost is not ready. It works all the same: it can be linked anew, and a supervisor need not restart it.
func TestTheOnlyAccountIsLost(t *testing.T) {
	t.Parallel()
	sim := simulator.New(simulator.Options{Accounts: []simulator.Account{{Number: alice}, {Number: bob, Phone: true}}})
	g, _ := daemonOf(t, sim)
	g.awaitState(t, alice, "working")
	unregisterOutside(t, sim, alice)
	g.awaitState(t, alice, "unlinked")
	if code, r := g.readiness(t); code != http.StatusServiceUnavailable || len(r.Problems) != 1 || len(r.Warnings) != 1 {
		t.Errorf("%d %+v", code, r)
	}
	if code, answer := g.get(t, "/v1/health"); code != http.StatusNoContent {
		t.Errorf("/v1/health: %d %s", code, answer)
	}
	_, answer := g.get(t, "/v1/qrcodelink/raw?device_name=desk")
	var link struct {
		URI string `json:"device_link_uri"`
	}
	if err := json.Unmarshal([]byte(answer), &link); err != nil || link.URI == "" {
		t.Fatalf("link: %s, %v", answer, err)
	}
	if err := sim.Scan(link.URI, bob); err != nil {
		t.Fatal(err)
	}
	g.await(`msg="linked as a device"`)
	g.awaitState(t, bob, "working")
	awaitHealthy(t, g)
}

// Where each call is a process, the states follow from the calls that are made anyway.
func TestAccountStatesOfProcesses(t *testing.T) {
	t.Parallel()
	env := append(asSignalCLI(t), "MODE=native")
	g := serve(t, env...)
	awaitHealthy(t, g)
	g.send(t, text(alice, bob, "hello"))
	g.awaitState(t, alice, "working")
	g.wantCounted(t, "working", 1) // nobody has listed the others
	if code, answer := g.get(t, "/v1/accounts/"+bob+"/status"); code != http.StatusOK || !strings.Contains(answer, `"working"`) {
		t.Errorf("an account that nothing was heard of: %d %s", code, answer)
	}
	command := exec.CommandContext(within(t), filepath.Join(strings.SplitN(strings.TrimPrefix(env[0], "PATH="), ":", 2)[0], "signal-cli"),
		"--config", strings.TrimPrefix(env[1], "SIGNAL_CLI_CONFIG_DIR="), "-a", alice, "unregister")
	command.Env, command.Stderr = environment(t, env...), os.Stderr
	if out, err := command.Output(); err != nil {
		t.Fatalf("unregister: %s, %v", out, err)
	}
	if code, answer := g.post(t, "/v2/send", `{"number":"`+alice+`","recipients":["`+bob+`"],"message":"x"}`); code == http.StatusCreated {
		t.Fatalf("send: %d %s", code, answer)
	}
	g.awaitState(t, alice, "unlinked")
	if code, r := g.readiness(t); code != http.StatusOK || r.Accounts["unlinked"] != 1 || len(r.Warnings) != 1 {
		t.Errorf("%d %+v", code, r)
	}
}

// The webhook of the reference's form gets messages, not what the gateway has to say of accounts.
func TestAccountStatesAreNotForTheWebhook(t *testing.T) {
	t.Parallel()
	h := newHook(t)
	g := serve(t, "MODE=simulator", "RECEIVE_WEBHOOK_URL="+h.url)
	g.awaitState(t, alice, "working")
	g.send(t, text(alice, bob, "the first"))
	call := h.next()
	call.answer <- http.StatusOK
	if call.body.Params.Envelope.Timestamp == 0 {
		t.Errorf("the webhook got %+v", call.body)
	}
}
