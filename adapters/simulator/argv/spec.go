package argv

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed commands.txt
var commandsText string

// argument is one option or positional of a parser.
type argument struct {
	flags []string // none for a positional
	dest  string
	also  string // a second name for the same value
	// min is -1 for exactly one value; otherwise min to max values make a list, or 0 to 1 a single one.
	min, max int
	flag     bool // takes no value
	count    bool // counts its occurrences
	version  bool
	kind     string // "", int, long, double, bool
	enum     []string
	choice   []string
	required bool
	xor      bool
	fallback string // default; "" none
	constant string
	since    int
	until    int // 0: for ever
}

// grammar is one parser: the global one, or a command's.
type grammar struct {
	name  string
	args  []*argument
	oneOf bool // one of the xor options must be given
	since int
}

const unlimited = 1 << 30

// specification is commands.txt, read once.
var specification = sync.OnceValue(func() []*grammar { return readSpecification(commandsText) })

func readSpecification(text string) []*grammar {
	var all []*grammar
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case line == "global":
			all = append(all, &grammar{})
		case strings.HasPrefix(line, "command "):
			words := strings.Fields(line)
			g := &grammar{name: words[1]}
			if len(words) > 2 {
				g.since = release(strings.TrimPrefix(words[2], "since:"))
			}
			all = append(all, g)
		default:
			g := all[len(all)-1]
			arg, oneOf := readArgument(strings.Fields(line))
			g.args = append(g.args, arg)
			g.oneOf = g.oneOf || oneOf
		}
	}
	return all
}

func readArgument(words []string) (arg *argument, oneOf bool) {
	arg = &argument{min: -1, max: -1}
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		arg.flags = append(arg.flags, words[0])
		words = words[1:]
	}
	if len(arg.flags) == 0 {
		arg.dest, words = words[0], words[1:]
	} else {
		arg.dest = strings.TrimLeft(primary(arg.flags), "-")
	}
	for _, word := range words {
		key, value, _ := strings.Cut(word, ":")
		switch key {
		case "*":
			arg.min, arg.max = 0, unlimited
		case "+":
			arg.min, arg.max = 1, unlimited
		case "?":
			arg.min, arg.max = 0, 1
		case "flag":
			arg.flag = true
		case "count":
			arg.count = true
		case "version":
			arg.version = true
		case "int", "long", "double", "bool":
			arg.kind = key
		case "required":
			arg.required = true
		case "xor":
			arg.xor = true
		case "one-of":
			arg.xor, oneOf = true, true
		case "dest":
			arg.dest = value
		case "also":
			arg.also = value
		case "default":
			arg.fallback = value
		case "const":
			arg.constant = value
		case "since":
			arg.since = release(value)
		case "until":
			arg.until = release(value)
		default:
			kind, list, _ := strings.Cut(strings.TrimSuffix(word, "}"), "{")
			if kind == "enum" {
				arg.enum = strings.Split(list, ",")
			} else {
				arg.choice = strings.Split(list, ",")
			}
		}
	}
	return arg, oneOf
}

// primary is the flag that names the option: the first long one.
func primary(flags []string) string {
	for _, f := range flags {
		if strings.HasPrefix(f, "--") {
			return f
		}
	}
	return flags[0]
}

// release turns "0.14.6" into one comparable number.
func release(text string) int {
	n := 0
	parts := strings.SplitN(text, ".", 3)
	for i := range 3 {
		part := 0
		if i < len(parts) {
			part, _ = strconv.Atoi(parts[i])
		}
		n = n*1000 + part
	}
	return n
}

// takesValue tells whether the argument consumes what follows it.
func (a *argument) takesValue() bool { return !a.flag && !a.count && !a.version && a.dest != "help" }

// textualName is how errors name the argument.
func (a *argument) textualName() string {
	if len(a.flags) == 0 {
		return a.dest
	}
	return strings.Join(a.flags, "/")
}
