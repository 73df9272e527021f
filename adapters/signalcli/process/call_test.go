package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/domain"
)

func TestCallAnswers(t *testing.T) {
	const sent = `{"timestamp":1700000000123,"results":[{"recipientAddress":{"number":"+15550100002"},"type":"%s","token":"tok"}]}`
	result := func(status string) string { return "echo '" + strings.Replace(sent, "%s", status, 1) + "'; " }
	for name, c := range map[string]struct {
		script string
		effect bool
		want   string // result, where there is one
		kind   domain.Kind
	}{
		"result":                         {script: `echo '[{"number":"+15550100001"}]'`, want: `[{"number":"+15550100001"}]`},
		"no output":                      {script: `exit 0`, want: `{}`},
		"defect 17: text on stderr":      {script: `echo 'Picked up JAVA_TOOL_OPTIONS: -Xmx1g' >&2; echo 'oh {' >&2; echo '[]'`, want: `[]`},
		"Java speaks on stdout":          {script: `echo '[0.012s][warning][cds] stale'; echo '{"version":"1"}'; echo 'OpenJDK warning'`, want: `{"version":"1"}`},
		"no JSON of a read":              {script: `echo garbage`, kind: domain.Backend},
		"no JSON of an effect":           {script: `echo garbage`, effect: true, kind: domain.OutcomeUnknown},
		"user error":                     {script: `echo 'User input was rejected' >&2; exit 1`, kind: domain.Invalid},
		"unexpected":                     {script: `echo 'Broken' >&2; exit 2`, kind: domain.Backend},
		"io":                             {script: `echo 'Failed: timeout (SocketTimeoutException)' >&2; exit 3`, kind: domain.Backend},
		"untrusted":                      {script: result("IDENTITY_FAILURE") + `echo 'Failed' >&2; exit 4`, effect: true, kind: domain.Untrusted},
		"rate limit":                     {script: result("RATE_LIMIT_FAILURE") + `echo 'Failed' >&2; exit 5`, effect: true, kind: domain.RateLimited},
		"captcha":                        {script: `echo 'no' >&2; exit 6`, kind: domain.CaptchaRejected},
		"nobody registered, in results":  {script: result("UNREGISTERED_FAILURE") + `echo 'Failed' >&2; exit 1`, effect: true, kind: domain.Unregistered},
		"account unknown":                {script: `echo 'User +15550100001 is not registered.' >&2; exit 1`, kind: domain.UnknownAccount},
		"failure without a word":         {script: `exit 1`, kind: domain.Invalid},
		"killed from outside, read":      {script: `kill -KILL $$`, kind: domain.Unavailable},
		"killed from outside, effect":    {script: `kill -KILL $$`, effect: true, kind: domain.OutcomeUnknown},
		"answer over the limit, read":    {script: `head -c 5000 /dev/zero; exec sleep 60`, kind: domain.TooLarge},
		"answer over the limit, effect":  {script: `head -c 5000 /dev/zero; exec sleep 60`, effect: true, kind: domain.OutcomeUnknown},
		"grandchild holds the output":    {script: `sleep 60 & echo '[]'`, want: `[]`},
		"chatter on stderr does no harm": {script: `head -c 3000000 /dev/zero | tr '\0' x >&2; echo '[]'`, want: `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program, _ := script(t, c.script)
			carrier := newCarrier(t, process.Options{Command: program, MaxOutput: 4096})
			result, err := carrier.Call(t.Context(), signalcli.Call{Method: "listContacts", Account: alice, Effect: c.effect})
			if c.want == "" {
				wantKind(t, err, c.kind)
				if domain.DetailOf(err) == "" {
					t.Error("the error says nothing")
				}
			} else if err != nil || string(result) != c.want {
				t.Errorf("%s, %v; want %s", result, err, c.want)
			}
		})
	}
}

// A failed send tells through standard output whom it did not reach, and what the challenge is.
func TestFailedSendKeepsItsResults(t *testing.T) {
	program, _ := script(t, `echo '{"timestamp":1,"results":[{"recipientAddress":{"number":"+15550100002"},"type":"RATE_LIMIT_FAILURE","token":"tok"}]}'
echo 'Failed to send message due to rate limiting' >&2; exit 5`)
	_, err := newCarrier(t, process.Options{Command: program}).Call(t.Context(), send(alice, "hello"))
	var limit *domain.RateLimit
	if !errors.As(err, &limit) || len(limit.ChallengeTokens) != 1 || limit.ChallengeTokens[0] != "tok" || limit.Account != alice {
		t.Errorf("error %v, cause %+v", err, limit)
	}
}

func TestCommandLineAndInput(t *testing.T) {
	program, dir := script(t, `printf '%s\n' "$@" > $DIR/argv; cat > $DIR/stdin; pwd > $DIR/pwd; echo "$TMPDIR $LC_ALL $JAVA_OPTS" > $DIR/env; touch $TMPDIR/left`)
	t.Setenv("JAVA_OPTS", "-Xmx300m")
	carrier := newCarrier(t, process.Options{Command: program, ConfigDir: "/data dir"})
	if _, err := carrier.Call(t.Context(), send(alice, "--help\nhällo")); err != nil {
		t.Fatal(err)
	}
	argv, _ := os.ReadFile(filepath.Join(dir, "argv"))
	want := "--config=/data dir\n--output=json\n--account=+15550100001\nsend\n--message-from-stdin\n--\n+15550100002\n"
	if string(argv) != want {
		t.Errorf("argv:\n%swant:\n%s", argv, want)
	}
	if stdin, _ := os.ReadFile(filepath.Join(dir, "stdin")); string(stdin) != "--help\nhällo" {
		t.Errorf("stdin %q", stdin)
	}
	env := strings.Fields(content(t, filepath.Join(dir, "env")))
	if len(env) < 4 || env[0] != content(t, filepath.Join(dir, "pwd")) || env[1] != "C.UTF-8" || env[2] != "-Djava.io.tmpdir="+env[0] || env[len(env)-1] != "-Xmx300m" {
		t.Errorf("environment %q", env)
	}
	if _, err := os.Stat(env[0]); !os.IsNotExist(err) {
		t.Errorf("the temporary directory is left: %v", err)
	}
}

func TestRefusedBeforeAnythingStarts(t *testing.T) {
	program, dir := script(t, `echo $$ > $DIR/started`)
	carrier := newCarrier(t, process.Options{Command: program})
	option := func(value any) signalcli.Call {
		return signalcli.Call{Method: "updateGroup", Account: alice, Effect: true, Params: []signalcli.Param{{Name: "member", Value: value}}}
	}
	for name, c := range map[string]struct {
		call signalcli.Call
		kind domain.Kind
	}{
		"account like an option": {signalcli.Call{Method: "send", Account: "--config=/x"}, domain.Invalid},
		"zero byte":              {option("a\x00b"), domain.Invalid},
		"no UTF-8":               {option("a\xff"), domain.Invalid},
		"no UTF-8 on stdin":      {send(alice, "a\xff"), domain.Invalid},
		"dash in a list":         {option([]string{"+15550100002", "--config=/x"}), domain.Invalid},
		"long":                   {option(strings.Repeat("x", process.MaxArgument)), domain.TooLarge},
		"no command":             {signalcli.Call{Method: "subscribeReceive", Account: alice}, domain.Unsupported},
	} {
		_, err := carrier.Call(t.Context(), c.call)
		if domain.KindOf(err) != c.kind || err == nil {
			t.Errorf("%s: %v, want %v", name, err, c.kind)
		}
	}
	all := make([]string, 30)
	for i := range all {
		all[i] = strings.Repeat("x", 120_000)
	}
	_, err := carrier.Call(t.Context(), option(all))
	wantKind(t, err, domain.TooLarge)
	if _, err := os.Stat(filepath.Join(dir, "started")); err == nil {
		t.Error("something was started")
	}
}

func TestMissingProgram(t *testing.T) {
	carrier := newCarrier(t, process.Options{Command: filepath.Join(t.TempDir(), "signal-cli")})
	_, err := carrier.Call(t.Context(), send(alice, "hello"))
	wantKind(t, err, domain.Unavailable)
	wantKind(t, carrier.Health(t.Context()).Err, domain.Unavailable)
}

func TestHealthStartsNothing(t *testing.T) {
	program, dir := script(t, `echo $$ > $DIR/started; [ -e $DIR/broken ] && { echo Broken >&2; exit 2; }; [ -e $DIR/wrong ] && exit 1; echo '[]'`)
	carrier := newCarrier(t, process.Options{Command: program})
	if h := carrier.Health(t.Context()); h.Err != nil || !h.LastCall.IsZero() {
		t.Errorf("before: %+v", h)
	}
	if _, err := os.Stat(filepath.Join(dir, "started")); err == nil {
		t.Error("health started a process")
	}
	for _, step := range []struct {
		file string
		kind domain.Kind
	}{{"broken", domain.Backend}, {"wrong", domain.Internal}} {
		if err := os.WriteFile(filepath.Join(dir, step.file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		carrier.Call(t.Context(), read(alice))
		h := carrier.Health(t.Context())
		if (h.Err != nil) != (step.kind == domain.Backend) || h.LastCall.IsZero() {
			t.Errorf("%s: %+v", step.file, h)
		}
		os.Remove(filepath.Join(dir, step.file))
	}
}

// Defect 15: the process of a read ends with its client.
func TestDefect15ReadEndsWithItsCaller(t *testing.T) {
	program, dir := script(t, `echo $$ > $DIR/pid; exec sleep 60`)
	carrier := newCarrier(t, process.Options{Command: program})
	ctx, cancel := context.WithCancel(t.Context())
	done := begin(carrier, ctx, read(alice))
	content(t, filepath.Join(dir, "pid"))
	cancel()
	wantKind(t, await(t, done).err, domain.Canceled)
	gone(t, filepath.Join(dir, "pid"))
	carrier.Close()
	if h := carrier.Health(t.Context()); h.Err != nil {
		t.Errorf("health takes a caller that went away for a fault: %v", h.Err)
	}
}

// A send is let finish; its caller learns at once that nobody knows.
func TestSendOutlivesItsCaller(t *testing.T) {
	program, dir := script(t, `echo $$ > $DIR/pid; while [ ! -e $DIR/go ]; do sleep 0.02; done; echo sent > $DIR/sent`)
	carrier := newCarrier(t, process.Options{Command: program})
	ctx, cancel := context.WithCancel(t.Context())
	done := begin(carrier, ctx, send(alice, "hello"))
	content(t, filepath.Join(dir, "pid"))
	cancel()
	wantKind(t, await(t, done).err, domain.OutcomeUnknown)
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	content(t, filepath.Join(dir, "sent"))
	if _, err := carrier.Call(t.Context(), read(alice)); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

// But not for ever: the account is free again when it does not finish soon.
func TestSendWithoutCallerIsBounded(t *testing.T) {
	program, dir := script(t, `[ -e $DIR/pid ] && exit 0; echo $$ > $DIR/pid; exec sleep 60`)
	carrier := newCarrier(t, process.Options{Command: program, Linger: 100 * time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	done := begin(carrier, ctx, send(alice, "hello"))
	content(t, filepath.Join(dir, "pid"))
	cancel()
	wantKind(t, await(t, done).err, domain.OutcomeUnknown)
	if a := await(t, begin(carrier, t.Context(), send(alice, "again"))); a.err != nil {
		t.Errorf("the next call: %v", a.err)
	}
}

func TestTimeLimit(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		call   signalcli.Call
		kind   domain.Kind
	}{
		"read":                   {`exec sleep 60`, read(alice), domain.Timeout},
		"effect":                 {`exec sleep 60`, send(alice, "hello"), domain.OutcomeUnknown},
		"who ends in order":      {`trap 'exit 0' TERM; while :; do sleep 0.02; done`, send(alice, "hello"), domain.OutcomeUnknown},
		"read that does":         {`trap 'exit 0' TERM; while :; do sleep 0.02; done`, read(alice), domain.Timeout},
		"who ignores SIGTERM":    {`trap '' TERM; while :; do sleep 0.02; done`, read(alice), domain.Timeout},
		"who waits for the lock": {`echo 'INFO  SignalAccount - Config file is in use by another instance, waiting…' >&2; sleep 60 & echo $! > $DIR/child; wait`, read(alice), domain.Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program, _ := script(t, `echo $$ > $DIR/pid; `+c.script)
			carrier := newCarrier(t, process.Options{Command: program, Timeout: 300 * time.Millisecond})
			_, err := carrier.Call(t.Context(), c.call)
			wantKind(t, err, c.kind)
			gone(t, filepath.Join(filepath.Dir(program), "pid"))
			if _, err := os.Stat(filepath.Join(filepath.Dir(program), "child")); err == nil {
				gone(t, filepath.Join(filepath.Dir(program), "child"))
			}
		})
	}
}

func TestCloseEndsEverything(t *testing.T) {
	program, dir := script(t, `echo $$ > $DIR/$$; trap '' TERM; while :; do sleep 0.02; done`)
	carrier := newCarrier(t, process.Options{Command: program})
	running := begin(carrier, t.Context(), send(alice, "hello"))
	other := begin(carrier, t.Context(), read(bob))
	for {
		if entries, _ := os.ReadDir(dir); len(entries) == 3 {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	waiting := begin(carrier, t.Context(), send(alice, "again"))
	carrier.Close()
	wantKind(t, await(t, running).err, domain.OutcomeUnknown)
	wantKind(t, await(t, other).err, domain.Unavailable)
	wantKind(t, await(t, waiting).err, domain.Unavailable)
	_, err := carrier.Call(t.Context(), read(alice))
	wantKind(t, err, domain.Unavailable)
	carrier.Close()
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.Name() != "signal-cli" {
			gone(t, filepath.Join(dir, e.Name()))
		}
	}
}

// Defect 16: however many ask at once, only so many processes run.
func TestDefect16ProcessesAreBounded(t *testing.T) {
	program, dir := script(t, `touch $DIR/run.$$; ls $DIR | grep -c '^run' >> $DIR/counts; sleep 0.02; rm $DIR/run.$$`)
	carrier := newCarrier(t, process.Options{Command: program, Processes: 3})
	var calls []<-chan answer
	for i := range 60 {
		calls = append(calls, begin(carrier, t.Context(), read(domain.Account(fmt.Sprintf("+155501%05d", i/2)))))
	}
	for _, call := range calls {
		if a := await(t, call); a.err != nil {
			t.Error(a.err)
		}
	}
	counts := strings.Fields(content(t, filepath.Join(dir, "counts")))
	slices.Sort(counts)
	if len(counts) != 60 || counts[59] != "3" {
		t.Errorf("%d processes, at most %s at once; want 60 and 3", len(counts), counts[len(counts)-1])
	}
}
