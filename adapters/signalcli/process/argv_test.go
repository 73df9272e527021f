package process_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"heliograph/adapters/signalcli"
	"heliograph/adapters/signalcli/process"
	"heliograph/adapters/simulator/argv"
	"heliograph/domain"
	"heliograph/test/realcli"
)

// vectors is how many random calls each parser gets.
const vectors = 10_000

// hostile values are what a client may write where a value belongs.
var hostile = []string{
	"--config=/x", "-a", "--", "-", "", "--attachment=/etc/passwd", "--attachment", "-e", "--help", "-h", "--version", "-v", "-vvv",
	"--log-file=/tmp/x", "--scrub-log", "--trust-new-identities=always", "-o", "--output=plain-text", "-a=-v", "-1", "-12x", "- item",
	"@/etc/passwd", "@file", "a=b", "=", "=x", "--=", "line\nbreak", "\r\n", "tab\there", " ", "a b", "'", `"`, `\`, "$(id)", "`id`", "*",
	"é", "-é", "日本", "👋🏾", "\u202ertl", "\u2028", "\ufeff", "+15550100002", "u:alice.01", "b8d1c7f2-0000-4000-8000-000000000001",
	"send", "listGroups", "true", "null", "nan", "zero\x00byte", "broken\xff", "~/x", "..", "sgnl://linkdevice?uuid=x&pub_key=y",
}

// parameter is one of a command, read from the description of the command line that the simulator's parser uses.
type parameter struct {
	name       string // --group-id, or a positional's
	kind       string // text, flag, bool, int, long, double, or the values of an enumeration
	values     []string
	list       bool
	required   bool
	positional bool
	group      string // "xor", "one-of" or none
	since      string
}

// readCommands gives the parameters of all commands that are calls.
func readCommands(t *testing.T) map[string][]parameter {
	t.Helper()
	text, err := os.ReadFile("../../simulator/argv/commands.txt")
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string][]parameter{}
	command := ""
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(line, "#"):
		case words[0] == "global":
			command = ""
		case words[0] == "command":
			command = words[1]
			commands[command] = nil
			if len(words) > 2 {
				commands[command] = []parameter{{since: strings.TrimPrefix(words[2], "since:")}}
			}
		case command != "":
			commands[command] = append(commands[command], readParameter(words))
		}
	}
	for _, other := range []string{"daemon", "jsonRpc", "link"} {
		delete(commands, other)
	}
	if len(commands) < 50 {
		t.Fatalf("only %d commands were read", len(commands))
	}
	return commands
}

func readParameter(words []string) parameter {
	p := parameter{kind: "text"}
	for _, w := range words {
		enum, isEnum := strings.CutPrefix(strings.TrimSuffix(w, "}"), "enum{")
		choice, isChoice := strings.CutPrefix(strings.TrimSuffix(w, "}"), "choice{")
		switch {
		case strings.HasPrefix(w, "--"):
			if p.name == "" {
				p.name = w
			}
		case strings.HasPrefix(w, "-"):
		case w == "*" || w == "+":
			p.list = true
		case w == "required":
			p.required = true
		case w == "xor" || w == "one-of":
			p.group = w
		case isEnum:
			p.kind, p.values = "enum", strings.Split(enum, ",")
		case isChoice:
			p.kind, p.values = "enum", strings.Split(choice, ",")
		case strings.HasPrefix(w, "since:"):
			p.since = w[len("since:"):]
		case strings.Contains(w, ":"):
		case slices.Contains([]string{"flag", "bool", "int", "long", "double"}, w):
			p.kind = w
		case p.name == "":
			p.name, p.positional = w, true
		}
	}
	p.required = p.required || p.positional && !p.list
	return p
}

// older says whether release a came before or with b.
func older(a, b string) bool {
	number := func(s string) (n int) {
		for _, part := range strings.Split(s, ".") {
			i, _ := strconv.Atoi(part)
			n = n*1000 + i
		}
		return n
	}
	return a == "" || number(a) <= number(b)
}

// randomCall makes a call of command with hostile values, and what a parser must read of it.
func randomCall(r *rand.Rand, command string, parameters []parameter, release string) (signalcli.Call, map[string]any) {
	call := signalcli.Call{Method: command, Account: alice}
	want := map[string]any{}
	grouped := map[string]bool{}
	one := -1
	for i, p := range parameters {
		if p.group == "one-of" && (one < 0 || r.IntN(2) == 0) {
			one = i
		}
	}
	for i, p := range parameters {
		if p.name == "" || !older(p.since, release) {
			continue
		}
		switch {
		case p.group == "one-of" && i != one, p.group == "xor" && grouped["xor"]:
			continue
		case p.group != "one-of" && !p.required && r.IntN(3) > 0:
			continue
		}
		grouped[p.group] = true
		if name, value := strings.TrimPrefix(p.name, "--"), add(r, &call, p); value != nil {
			want[name] = value
		}
	}
	return call, want
}

// add adds a random value for p, and gives what a parser must make of it.
func add(r *rand.Rand, call *signalcli.Call, p parameter) any {
	param := signalcli.Param{Name: camel(p.name)}
	if p.positional {
		param.Form = signalcli.Positional
	}
	var want any
	switch {
	case p.name == "--message":
		param.Form = signalcli.Stdin // the caller looks at standard input
		param.Value = text(r)
	case p.name == "--message-from-stdin":
		return nil
	case p.kind == "flag":
		param.Value, want = true, true
	case p.kind == "bool":
		on := r.IntN(2) == 0
		param.Value, param.Form, want = on, signalcli.BoolValue, on
	case p.kind == "double":
		param.Value, want = "2.5", json.Number("2.5")
	case p.kind == "enum":
		value := p.values[r.IntN(len(p.values))]
		param.Value, want = value, value
	case p.kind == "int" || p.kind == "long":
		n := int64(r.Int32())
		if p.kind == "long" {
			n = r.Int64()
		}
		if !p.list && r.IntN(2) == 0 {
			n = -n
		}
		param.Value, want = n, json.Number(strconv.FormatInt(n, 10))
		if p.list {
			param.Value, want = []int64{n, 0}, []any{want, json.Number("0")}
		}
	case p.list:
		values := make([]string, 1+r.IntN(3))
		words := make([]any, len(values))
		for i := range values {
			values[i] = text(r)
			words[i] = values[i]
		}
		param.Value, want = values, words
	default:
		value := text(r)
		param.Value, want = value, value
	}
	call.Params = append(call.Params, param)
	return want
}

func text(r *rand.Rand) string {
	s := hostile[r.IntN(len(hostile))]
	if r.IntN(4) == 0 {
		s += hostile[r.IntN(len(hostile))]
	}
	return s
}

// camel is the parameter of an option.
func camel(option string) string {
	name := strings.TrimPrefix(option, "--")
	for i := strings.IndexByte(name, '-'); i >= 0; i = strings.IndexByte(name, '-') {
		name = name[:i] + strings.ToUpper(name[i+1:i+2]) + name[i+2:]
	}
	return name
}

// impassable says whether signal-cli has no way to be given these values.
func impassable(call signalcli.Call) bool {
	for _, p := range call.Params {
		values, list := p.Value.([]string)
		if s, ok := p.Value.(string); ok {
			values = []string{s}
		}
		for _, v := range values {
			if strings.ContainsRune(v, 0) || !utf8.ValidString(v) || list && len(values) > 1 && p.Form == signalcli.Option && strings.HasPrefix(v, "-") {
				return true
			}
		}
	}
	return false
}

// parse gives the command and the parameters that a parser reads.
type parse func(args []string) (command string, params map[string]any, err error)

// throwAt gives random calls to a parser: no value may become an option, and each parameter must be what was given.
func throwAt(t *testing.T, parse parse, release string) {
	commands := readCommands(t)
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(commands)), func(name string) bool {
		first := commands[name]
		return len(first) > 0 && first[0].name == "" && !older(first[0].since, release)
	})
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	passed := 0
	for i := range vectors {
		call, want := randomCall(r, names[i%len(names)], commands[names[i%len(names)]], release)
		args, stdin, err := process.Arguments("/data", call)
		if impassable(call) != (err != nil) || err != nil && domain.KindOf(err) != domain.Invalid {
			t.Fatalf("seed %d, %+v: %v", seed, call, err)
		}
		if err != nil {
			continue
		}
		passed++
		command, got, err := parse(args)
		if err != nil || command != call.Method {
			t.Fatalf("seed %d, %q: command %q, %v", seed, args, command, err)
		}
		want["config"], want["output"], want["account"], want["command"] = "/data", "json", string(alice), call.Method
		for _, p := range call.Params {
			if p.Form == signalcli.Stdin {
				want["message-from-stdin"] = true
				if stdin != p.Value {
					t.Fatalf("seed %d: standard input %q, want %q", seed, stdin, p.Value)
				}
			}
		}
		if diff := cmp.Diff(want, given(got, want)); diff != "" {
			t.Fatalf("seed %d, %q: %s", seed, args, diff)
		}
	}
	if passed < vectors/2 {
		t.Errorf("only %d of %d vectors reached the parser", passed, vectors)
	}
}

// given leaves out of what a parser read what is only a default.
func given(params, want map[string]any) map[string]any {
	left := map[string]any{}
	for name, value := range params {
		if _, asked := want[name]; !asked && isDefault(name, value) {
			continue
		}
		if s, ok := value.(string); ok && name == "output" {
			value = strings.ToLower(s)
		}
		left[name] = value
	}
	return left
}

func isDefault(name string, value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case json.Number:
		return name == "verbose" && v == "0" || name == "timeout" && v == "3.0" || v == "-1" && (name == "max-messages" || name == "pin-duration")
	case string:
		return slices.Contains([]string{"org.asamk.Signal", "live", "on-first-use", "read"}, strings.ReplaceAll(v, "_", "-"))
	}
	return false
}

func TestNoValueBecomesAnOptionInTheSimulator(t *testing.T) {
	throwAt(t, func(args []string) (string, map[string]any, error) {
		got, err := argv.Parse(args)
		return got.Command, got.Params, err
	}, "0.14.6")
}

func TestNoValueBecomesAnOptionInSignalCLI(t *testing.T) {
	parser := realcli.NewParser(t)
	throwAt(t, func(args []string) (string, map[string]any, error) {
		got, err := parser.Parse(args)
		switch {
		case err != nil:
			return "", nil, err
		case !got.OK:
			return got.Command, nil, errors.New(got.Error)
		case got.Logging.LogFile != nil || got.Logging.VerboseLevel != 0 || got.Logging.ScrubLog:
			return got.Command, nil, fmt.Errorf("logging options: %+v", got.Logging)
		}
		return got.Command, got.Params, nil
	}, "0.13.19")
}
