package argv

import (
	"slices"
	"strings"
)

// accumulate keeps what can be a value of a positional; it is given out at the end.
func (s *state) accumulate(arg *argument) {
	if arg.min == -1 || arg.max == 1 {
		s.positionals = append(s.positionals, s.args[s.index])
		s.index++
		s.position++
		return
	}
	for ; s.consumed < arg.max && s.index < len(s.args) && !s.isFlag(); s.index++ {
		s.positionals = append(s.positionals, s.args[s.index])
		s.consumed++
	}
	if s.consumed == arg.max {
		s.position++
		s.consumed = 0
	}
}

// finish gives the positionals their values and checks what is required.
func (s *state) finish(g *grammar, places []*argument, used map[*argument]bool, exclusive *argument) error {
	needed := make([]int, len(places)+1)
	for i := len(places) - 1; i >= 0; i-- {
		needed[i] = needed[i+1] + max(places[i].min, 0)
		if places[i].min == -1 {
			needed[i]++
		}
	}
	if needed[0] > len(s.positionals) {
		return g.fail("too few arguments")
	}
	next := 0
	for i, arg := range places {
		if arg.min == -1 {
			value, err := arg.convert(g, s.positionals[next])
			if err != nil {
				return err
			}
			s.values[arg.dest] = value
			next++
			continue
		}
		n := min(arg.max, len(s.positionals)-next-needed[i+1])
		list := []any{}
		for range n {
			value, err := arg.convert(g, s.positionals[next])
			if err != nil {
				return err
			}
			list = append(list, value)
			next++
		}
		s.values[arg.dest] = list
	}
	s.checkRequired(g, used, exclusive)
	return nil
}

// checkRequired notes the first missing option; it is reported only when nothing else is wrong.
func (s *state) checkRequired(g *grammar, used map[*argument]bool, exclusive *argument) {
	if s.deferred != nil {
		return
	}
	for _, a := range g.args {
		// As in the parser that is followed, the last missing one is the one that is named.
		if a.required && len(a.flags) > 0 && !used[a] {
			s.deferred = g.fail("argument %s is required", a.textualName())
		}
	}
	if s.deferred == nil && g.oneOf && exclusive == nil {
		var names strings.Builder
		for _, a := range g.args {
			if a.xor {
				names.WriteString(a.textualName() + " ")
			}
		}
		s.deferred = g.fail("one of the arguments %sis required", names.String())
	}
}

// command reads the command's name and then its options.
func (s *state) command() error {
	name := s.args[s.index]
	var found []*grammar
	for _, g := range s.parser.commands {
		if g.name == name {
			found = []*grammar{g}
			break
		}
		if name != "" && strings.HasPrefix(g.name, name) {
			found = append(found, g)
		}
	}
	switch len(found) {
	case 0:
		return s.parser.global.fail("invalid choice: '%s' (choose from '%s')", name, strings.Join(s.parser.names(), "', '"))
	case 1:
	default:
		names := make([]string, len(found))
		for i, g := range found {
			names[i] = g.name
		}
		slices.Sort(names)
		return s.parser.global.fail("ambiguous command: %s could match %s", name, strings.Join(names, ", "))
	}
	s.index++
	if err := s.parse(found[0], false); err != nil {
		return err
	}
	s.values["command"] = found[0].name
	return nil
}
