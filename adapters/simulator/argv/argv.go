// Package argv reads signal-cli's command line as signal-cli's parser (argparse4j) does, with all that is
// surprising in it: unambiguous prefixes of options and commands, "-x=value", concatenated short options,
// list options that swallow the positionals behind them and replace their earlier values, "--" once.
//
// It holds no state; a Parser may be used by any number of goroutines.
package argv

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Result is what a command line says.
type Result struct {
	Command string
	// Params are the global options, those of the command and "command" itself, by long name ("group-id"),
	// with defaults and without what is absent. A value is a string, a bool, a json.Number or a []any of these.
	Params map[string]any
}

// ErrHelp and ErrVersion say that the command line asks for help or the version only.
var (
	ErrHelp    = errors.New("help")
	ErrVersion = errors.New("version")
)

// Error is why a command line is refused. Command is the command whose options were being read; empty:
// the global ones.
type Error struct {
	Command, Message string
}

func (e *Error) Error() string { return e.Message }

// Parser reads the command line of one signal-cli release.
type Parser struct {
	global   *grammar
	commands []*grammar
}

// For returns the parser of a release such as "0.13.19".
func For(version string) *Parser {
	at := release(version)
	p := &Parser{}
	for _, g := range specification() {
		if g.since > at {
			continue
		}
		kept := &grammar{name: g.name, oneOf: g.oneOf, args: []*argument{{flags: []string{"-h", "--help"}, dest: "help", min: -1, max: -1}}}
		for _, a := range g.args {
			if a.since <= at && (a.until == 0 || at < a.until) {
				kept.args = append(kept.args, a)
			}
		}
		if g.name == "" {
			p.global = kept
		} else {
			p.commands = append(p.commands, kept)
		}
	}
	return p
}

// Parse reads the arguments that follow the program's name, for the newest release known. Errors: ErrHelp,
// ErrVersion, *Error.
func Parse(args []string) (Result, error) { return For("0.14.6").Parse(args) }

// Parse reads the arguments that follow the program's name. Errors: ErrHelp, ErrVersion, *Error.
func (p *Parser) Parse(args []string) (Result, error) {
	s := &state{parser: p, args: args, values: map[string]any{}}
	if err := s.parse(p.global, true); err != nil {
		return Result{}, err
	}
	if s.deferred != nil {
		return Result{}, s.deferred
	}
	command, _ := s.values["command"].(string)
	return Result{Command: command, Params: s.values}, nil
}

// Usage is a short description of a command's options; of the global ones when command is empty.
func (p *Parser) Usage(command string) string {
	var out strings.Builder
	out.WriteString("usage: signal-cli")
	g := p.global
	if command != "" {
		if i := slices.IndexFunc(p.commands, func(g *grammar) bool { return g.name == command }); i >= 0 {
			g = p.commands[i]
			out.WriteString(" " + command)
		}
	}
	var positionals strings.Builder
	for _, a := range g.args {
		switch {
		case len(a.flags) == 0:
			fmt.Fprintf(&positionals, " %s", strings.ToUpper(a.dest))
		case a.takesValue():
			fmt.Fprintf(&out, " [%s %s]", a.flags[0], strings.ToUpper(strings.ReplaceAll(a.dest, "-", "_")))
		default:
			fmt.Fprintf(&out, " [%s]", a.flags[0])
		}
	}
	out.WriteString(positionals.String())
	if g == p.global {
		out.WriteString(" {" + strings.Join(p.names(), ",") + "} ...")
	}
	out.WriteString("\n")
	return out.String()
}

func (p *Parser) names() []string {
	out := make([]string, len(p.commands))
	for i, g := range p.commands {
		out[i] = g.name
	}
	return out
}
