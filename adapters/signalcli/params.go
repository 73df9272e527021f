package signalcli

import (
	"strconv"

	"heliograph/domain"
)

// params collects the parameters of a call; what is empty is left out.
type params []Param

func (p *params) add(name string, value any, form Form) {
	*p = append(*p, Param{Name: name, Value: value, Form: form})
}

func (p *params) text(name, value string) {
	if value != "" {
		p.add(name, value, Option)
	}
}

func (p *params) list(name string, values []string) {
	if len(values) > 0 {
		p.add(name, values, Option)
	}
}

func (p *params) flag(name string, value bool) {
	if value {
		p.add(name, true, Option)
	}
}

func (p *params) timestamp(name string, value domain.Timestamp) { p.add(name, int64(value), Option) }

func (p *params) author(name string, who domain.Recipient) { p.text(name, person(who)) }

// target adds where something goes. Usernames have a parameter of their own, but not in every method.
func (p *params) target(t domain.Target) error {
	var people, usernames, groups []string
	for _, r := range t.Recipients {
		switch {
		case r.IsGroup():
			groups = append(groups, r.Group.Internal())
		case r.Username != "":
			usernames = append(usernames, string(r.Username))
		case !r.IsZero():
			people = append(people, person(r))
		}
	}
	if len(people)+len(usernames)+len(groups) == 0 && !t.NoteToSelf {
		return domain.Errorf(domain.Invalid, "", "please provide at least one recipient")
	}
	p.list("groupId", groups)
	p.list("username", usernames)
	p.flag("noteToSelf", t.NoteToSelf)
	if len(people) > 0 {
		p.add("recipient", people, Positional)
	}
	return nil
}

// plainTarget is target for methods that have neither username nor noteToSelf.
func (p *params) plainTarget(t domain.Target, from domain.Account) error {
	var people, groups []string
	for _, r := range t.Recipients {
		if r.IsGroup() {
			groups = append(groups, r.Group.Internal())
		} else if !r.IsZero() {
			people = append(people, person(r))
		}
	}
	if t.NoteToSelf {
		people = append(people, string(from))
	}
	if len(people)+len(groups) == 0 {
		return domain.Errorf(domain.Invalid, "", "please provide at least one recipient")
	}
	p.list("groupId", groups)
	if len(people) > 0 {
		p.add("recipient", people, Positional)
	}
	return nil
}

// oneRecipient adds a recipient where exactly one person is taken.
func (p *params) oneRecipient(r domain.Recipient) error {
	if r.IsZero() || r.IsGroup() {
		return domain.Errorf(domain.Invalid, "", "please provide one recipient that is no group")
	}
	p.add("recipient", person(r), Positional)
	return nil
}

// person is a recipient, sender or author in signal-cli's form; empty for nobody and groups.
func person(r domain.Recipient) string {
	switch {
	case r.Number != "":
		return string(r.Number)
	case r.UUID != "":
		return string(r.UUID)
	case r.Username != "":
		return "u:" + string(r.Username)
	}
	return ""
}

// mentions are in signal-cli's form, start:length:recipient.
func mentions(list []domain.Mention) []string {
	if len(list) == 0 {
		return nil
	}
	texts := make([]string, len(list))
	for i, m := range list {
		texts[i] = strconv.Itoa(int(m.Start)) + ":" + strconv.Itoa(int(m.Length)) + ":" + person(m.Author)
	}
	return texts
}

func styles(list []domain.TextStyle) []string {
	if len(list) == 0 {
		return nil
	}
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.String()
	}
	return texts
}
