package argv

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// state is one command line being read.
type state struct {
	parser   *Parser
	args     []string
	index    int
	values   map[string]any
	deferred error
	// separated: "--" has been met, everything behind it is positional.
	separated bool

	// Of the grammar being read:
	position, consumed int
	positionals        []string
}

var (
	negativeNumber = regexp.MustCompile(`^-\d+$`)
	concatenated   = regexp.MustCompile(`^-[^-].*$`)
)

// parse reads with one grammar; the global one ends at the command.
func (s *state) parse(g *grammar, global bool) error {
	s.position, s.consumed, s.positionals = 0, 0, nil
	s.setDefaults(g)
	used := map[*argument]bool{}
	var exclusive *argument
	places := slices.DeleteFunc(slices.Clone(g.args), func(a *argument) bool { return len(a.flags) > 0 })
	for s.index < len(s.args) {
		switch arg := s.args[s.index]; {
		case s.isFlag() && arg != "--":
			if err := s.option(g, used, &exclusive); err != nil {
				return err
			}
		case arg == "--" && !s.separated:
			s.separated = true
			s.index++
		case s.position < len(places):
			s.accumulate(places[s.position])
		case !s.separated && global:
			if err := s.finish(g, places, used, exclusive); err != nil {
				return err
			}
			return s.command()
		default:
			return g.fail("unrecognized arguments: '%s'", strings.Join(s.args[s.index:], " "))
		}
	}
	if global {
		return g.fail("too few arguments")
	}
	return s.finish(g, places, used, exclusive)
}

func (g *grammar) fail(format string, args ...any) error {
	return &Error{Command: g.name, Message: fmt.Sprintf(format, args...)}
}

func (g *grammar) failArgument(a *argument, format string, args ...any) error {
	return g.fail("argument %s: %s", a.textualName(), fmt.Sprintf(format, args...))
}

func (s *state) setDefaults(g *grammar) {
	for _, a := range g.args {
		switch {
		case a.flag:
			s.set(a, false)
		case a.count:
			s.values[a.dest] = json.Number("0")
		case a.fallback != "":
			value, _ := a.convert(g, a.fallback)
			s.set(a, value)
		}
	}
}

func (s *state) set(a *argument, value any) {
	s.values[a.dest] = value
	if a.also != "" {
		s.values[a.also] = value
	}
}

// isFlag tells whether the present argument is an option or "--", and not a value.
func (s *state) isFlag() bool {
	arg := s.args[s.index]
	switch {
	case s.separated:
		return false
	case arg == "--":
		return true
	default:
		return strings.HasPrefix(arg, "-") && strings.Trim(arg, "-") != "" && !negativeNumber.MatchString(arg)
	}
}

// option reads one option with its values.
func (s *state) option(g *grammar, used map[*argument]bool, exclusive **argument) error {
	term := s.args[s.index]
	flag, embedded, hasEmbedded := strings.Cut(term, "=")
	arg, err := g.resolve(flag)
	if err != nil {
		return err
	}
	if arg == nil {
		if arg, embedded, hasEmbedded, err = s.short(g, term, used, exclusive); err != nil {
			return err
		}
	}
	s.index++
	if arg == nil {
		return nil
	}
	if err := g.exclude(arg, exclusive); err != nil {
		return err
	}
	used[arg] = true
	return s.readValues(g, arg, embedded, hasEmbedded)
}

// short reads concatenated short options up to the first that takes a value.
func (s *state) short(g *grammar, term string, used map[*argument]bool, exclusive **argument) (*argument, string, bool, error) {
	if strings.HasPrefix(term, "--") {
		return nil, "", false, g.fail("unrecognized arguments: '%s'", term)
	}
	letters := []rune(term[1:])
	for i, letter := range letters {
		arg := g.exact("-" + string(letter))
		if arg == nil {
			return nil, "", false, g.fail("unrecognized arguments: '%s'", term)
		}
		if arg.takesValue() {
			rest := string(letters[i+1:])
			return arg, rest, rest != "", nil
		}
		if err := g.exclude(arg, exclusive); err != nil {
			return nil, "", false, err
		}
		if err := s.run(g, arg); err != nil {
			return nil, "", false, err
		}
		used[arg] = true
	}
	return nil, "", false, nil
}

func (g *grammar) exact(flag string) *argument {
	for _, a := range g.args {
		if slices.Contains(a.flags, flag) {
			return a
		}
	}
	return nil
}

// resolve finds the option of a flag or of an unambiguous prefix; nil when there is none.
func (g *grammar) resolve(flag string) (*argument, error) {
	if a := g.exact(flag); a != nil {
		return a, nil
	}
	var found []string
	var last *argument
	for _, a := range g.args {
		for _, f := range a.flags {
			if strings.HasPrefix(f, flag) {
				found = append(found, f)
				last = a
			}
		}
	}
	switch {
	case len(found) == 0:
		return nil, nil
	case g.isConcatenated(flag):
		found = append(found, flag[:2])
	case len(found) == 1:
		return last, nil
	}
	slices.Sort(found)
	return nil, g.fail("ambiguous option: %s could match %s", flag, strings.Join(found, ", "))
}

func (g *grammar) isConcatenated(term string) bool {
	if !concatenated.MatchString(term) {
		return false
	}
	for _, letter := range term[1:] {
		a := g.exact("-" + string(letter))
		if a == nil {
			return false
		}
		if a.takesValue() {
			return true
		}
	}
	return true
}

// exclude checks that no other option of the group was given.
func (g *grammar) exclude(arg *argument, used **argument) error {
	if !arg.xor {
		return nil
	}
	if *used != nil && *used != arg {
		return g.failArgument(arg, "not allowed with argument %s", (*used).textualName())
	}
	*used = arg
	return nil
}

// run carries out an option without a value.
func (s *state) run(_ *grammar, arg *argument) error {
	switch {
	case arg.dest == "help":
		return ErrHelp
	case arg.version:
		return ErrVersion
	case arg.count:
		n, _ := strconv.Atoi(s.values[arg.dest].(json.Number).String())
		s.values[arg.dest] = json.Number(strconv.Itoa(n + 1))
	default:
		s.set(arg, true)
	}
	return nil
}

// readValues reads the values of one option.
func (s *state) readValues(g *grammar, arg *argument, embedded string, hasEmbedded bool) error {
	if !arg.takesValue() {
		if hasEmbedded {
			return g.failArgument(arg, "ignore implicit argument '%s'", embedded)
		}
		return s.run(g, arg)
	}
	single := arg.min == -1 || arg.max == 1
	if single {
		if !hasEmbedded && s.index < len(s.args) && !s.isFlag() {
			embedded, hasEmbedded = s.args[s.index], true
			s.index++
		}
		if !hasEmbedded {
			if arg.min == -1 {
				return g.failArgument(arg, "expected one argument")
			}
			s.set(arg, arg.constant)
			return nil
		}
		value, err := arg.convert(g, embedded)
		if err != nil {
			return err
		}
		s.set(arg, value)
		return nil
	}
	list := []any{}
	texts := []string{embedded}
	if !hasEmbedded {
		texts = nil
		for ; s.index < len(s.args) && !s.isFlag(); s.index++ {
			texts = append(texts, s.args[s.index])
		}
	}
	for _, text := range texts {
		value, err := arg.convert(g, text)
		if err != nil {
			return err
		}
		list = append(list, value)
	}
	if len(list) < arg.min {
		return g.failArgument(arg, "expected %d argument(s)", arg.min)
	}
	s.values[arg.dest] = list
	return nil
}
