package simulator

import "strings"

// account is one Signal identity. uuid, pni and inbox never change; network.mu guards the rest.
type account struct {
	number     string
	uuid       string
	pni        string
	username   string
	hideNumber bool
	// registered: others can write to it. loaded: signal-cli holds it.
	registered, loaded bool
	// device is the id of the device signal-cli is: 1 is the phone itself.
	device   int
	profile  profile
	contacts map[string]*contact
	// blocked holds UUIDs and group ids.
	blocked map[string]bool
	// trust holds the levels that differ from the default, by UUID.
	trust map[string]*trust
	// identityRound counts the changes of the identity key.
	identityRound int
	devices       []device
	pin           string
	config        map[string]bool
	packs         map[string]bool
	// held are messages of untrusted senders, by UUID.
	held map[string][]*queued
	// lastTimestamp keeps the account's message ids unique.
	lastTimestamp int64
	inbox         *inbox
}

// profile is what others see of an account.
type profile struct {
	GivenName, FamilyName string
	About, AboutEmoji     string
	MobileCoin            string
	Avatar                []byte
	Updated               int64
}

func (p *profile) name() string { return strings.TrimSpace(p.GivenName + " " + p.FamilyName) }

// contact is what one account noted about another.
type contact struct {
	GivenName, FamilyName         string
	NickGivenName, NickFamilyName string
	Note                          string
	Expiration                    int
	Hidden                        bool
}

// contactNamed is an entry in an address book under the name that the profile has now.
func contactNamed(a *account) *contact {
	return &contact{GivenName: a.profile.GivenName, FamilyName: a.profile.FamilyName}
}

type device struct {
	ID                int
	Name              string
	Created, LastSeen int64
}

func newAccount(from Account, now int64) *account {
	uuid := from.UUID
	if uuid == "" {
		uuid = derivedUUID(from.Number)
	}
	return &account{
		number: from.Number, uuid: uuid, pni: derivedUUID("pni " + uuid), username: from.Username,
		hideNumber: from.HideNumber, registered: true, loaded: !from.Phone, device: 1,
		profile: profile{GivenName: from.GivenName, FamilyName: from.FamilyName, About: from.About, Updated: now},
		devices: []device{{ID: 1, Created: now, LastSeen: now}},

		contacts: map[string]*contact{}, blocked: map[string]bool{}, trust: map[string]*trust{},
		config: map[string]bool{}, packs: map[string]bool{}, held: map[string][]*queued{},
		inbox: newInbox(),
	}
}

// nextTimestamp returns an id for the next message: now, or one more than the last.
func (a *account) nextTimestamp(now int64) int64 {
	a.lastTimestamp = max(now, a.lastTimestamp+1)
	return a.lastTimestamp
}

// nameOf is how the account sees another: the contact's name, else the profile's.
func (a *account) nameOf(other *account) string {
	if c := a.contacts[other.uuid]; c != nil && !c.Hidden {
		if name := strings.TrimSpace(c.GivenName + " " + c.FamilyName); name != "" {
			return name
		}
	}
	return other.profile.name()
}

// visibleNumber is the number others see, or null.
func (a *account) visibleNumber() *string {
	if a.hideNumber {
		return nil
	}
	return &a.number
}

// legacyID is the number, else the UUID: the deprecated author fields.
func (a *account) legacyID() string {
	if a.hideNumber {
		return a.uuid
	}
	return a.number
}

// contactOf returns the contact, made when it is missing.
func (a *account) contactOf(uuid string) *contact {
	c := a.contacts[uuid]
	if c == nil {
		c = &contact{}
		a.contacts[uuid] = c
	}
	return c
}
