package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"heliograph/adapters/simulator/argv"
)

// invocation is one run of the executable.
type invocation struct {
	*caller
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	command        string
	params         map[string]any
	account        string
	json           bool
	version        string
}

// Main is signal-cli's executable: args follow the program's name, the result is the exit code. The network
// lives in a background process that the first caller of a --config folder starts; it ends by itself when
// nobody called for a while and leaves the network in simulator.json there. What it has to tell people,
// such as verification codes, is in simulator.log. Main runs until the command is done or ctx ends, which
// is exit 0 as after SIGTERM.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	if IsBackground(args) {
		return runBackground(ctx, args[1], stdout, stderr, getenv)
	}
	version := getenv(envVersion)
	if version == "" {
		version = DefaultVersion
	}
	parser := argv.For(version)
	parsed, err := parser.Parse(args)
	var refused *argv.Error
	switch {
	case errors.Is(err, argv.ErrVersion):
		fmt.Fprintln(stdout, "signal-cli "+version)
		return 0
	case errors.Is(err, argv.ErrHelp):
		fmt.Fprint(stdout, parser.Usage(""))
		return 0
	case errors.As(err, &refused):
		fmt.Fprint(stderr, parser.Usage(refused.Command))
		fmt.Fprintf(stderr, "signal-cli: error: %s\n", refused.Message)
		return 1
	}
	in := &invocation{
		caller: &caller{args: args}, stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv,
		command: parsed.Command, params: parsed.Params, version: version,
	}
	in.account, _ = parsed.Params["account"].(string)
	in.configDir, _ = parsed.Params["config"].(string)
	if in.configDir == "" {
		in.configDir = defaultDir(getenv)
	}
	return in.run(ctx)
}

// defaultDir is not signal-cli's own folder: made-up accounts must not meet real ones.
func defaultDir(getenv func(string) string) string {
	if dir := getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "heliograph-simulator")
	}
	return filepath.Join(getenv("HOME"), ".local", "share", "heliograph-simulator")
}

// run carries the command out and returns the exit code.
func (in *invocation) run(ctx context.Context) int {
	output, chosen := in.params["output"].(string)
	in.json = output == "json" || !chosen && in.command == "jsonRpc"
	if in.json && in.command == "link" || !in.json && in.command == "jsonRpc" {
		return in.fail(userError("Command doesn't support output type %s", output))
	}
	var err error
	switch in.command {
	case "daemon":
		err = in.daemon(ctx)
	case "jsonRpc":
		err = in.jsonRPC(ctx)
	case "link":
		err = in.linkDevice(ctx)
	case "receive":
		err = in.receive(ctx)
	default:
		err = in.single(ctx)
	}
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
		return 0
	}
	return in.fail(err)
}

// fail prints an error and returns its exit code.
func (in *invocation) fail(err error) int {
	if err == nil {
		return 0
	}
	var coded *Error
	if !errors.As(err, &coded) {
		fmt.Fprintln(in.stderr, err)
		return 3
	}
	var data struct {
		Response json.RawMessage `json:"response"`
	}
	if json.Unmarshal(coded.Data, &data) == nil && data.Response != nil {
		in.print(data.Response)
	}
	fmt.Fprintln(in.stderr, coded.Message)
	switch coded.Code {
	case codeUser, codeParams, codeInvalidRequest, codeNoMethod:
		return 1
	case codeIO:
		return 3
	case codeUntrusted:
		return 4
	case codeRateLimit:
		return 5
	case codeCaptcha:
		return 6
	default:
		return 2
	}
}
