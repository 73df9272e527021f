package simulator

import (
	"fmt"
	"strings"
)

// DemoGroupID is the demo's group: base64 of 32 bytes.
const DemoGroupID = "aGVsaW9ncmFwaC1kZW1vLWdyb3VwLTAxMjM0NTY3ODk="

func demoAccounts() []Account {
	return []Account{
		{Number: "+15550100001", UUID: "a11ce000-0000-4000-8000-000000000001", GivenName: "Alice", FamilyName: "Example",
			About: "First of the demo", Username: "alice.01"},
		{Number: "+15550100002", UUID: "b0b00000-0000-4000-8000-000000000002", GivenName: "Bob", FamilyName: "Sample"},
		{Number: "+15550100003", UUID: "ca401000-0000-4000-8000-000000000003", GivenName: "Carol", FamilyName: "Specimen"},
		{Number: "+15550100004", UUID: "da4e0000-0000-4000-8000-000000000004", GivenName: "Dave", FamilyName: "Phone", Phone: true},
	}
}

func demoGroups() []Group {
	return []Group{{
		ID: DemoGroupID, Name: "Demo group", Description: "Alice, Bob and Carol",
		Members: []string{"+15550100001", "+15550100002", "+15550100003"},
	}}
}

// Banner describes the accounts and groups for people, one a line.
func (s *Simulator) Banner() string {
	s.net.mu.RLock()
	defer s.net.mu.RUnlock()
	var out strings.Builder
	for _, a := range s.net.accounts {
		switch {
		case a.loaded:
			fmt.Fprintf(&out, "%s  %s\n", a.number, a.profile.name())
		case a.registered:
			fmt.Fprintf(&out, "%s  %s (a phone: can be written to and linked)\n", a.number, a.profile.name())
		}
	}
	for _, g := range s.net.groups {
		fmt.Fprintf(&out, "group %s  %s\n", g.id, g.name)
	}
	return out.String()
}
