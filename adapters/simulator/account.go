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
	// voteCounts and held messages of untrusted senders.
	held map[string][]*queued
	// lastTimestamp keeps the account's message ids unique.
	lastTimestamp int64
	inbox         *inbox
}

// profile is what others see of an account.
type profile struct {
	givenName, familyName string
	about, aboutEmoji     string
	mobileCoin            string
	avatar                []byte
	updated               int64
}

func (p *profile) name() string { return strings.TrimSpace(p.givenName + " " + p.familyName) }

// contact is what one account noted about another.
type contact struct {
	givenName, familyName         string
	nickGivenName, nickFamilyName string
	note                          string
	expiration                    int
	hidden                        bool
	avatar                        []byte
}

// contactNamed is an entry in an address book under the name that the profile has now.
func contactNamed(a *account) *contact {
	return &contact{givenName: a.profile.givenName, familyName: a.profile.familyName}
}

type device struct {
	id                int
	name              string
	created, lastSeen int64
}

func newAccount(from Account, now int64) *account {
	uuid := from.UUID
	if uuid == "" {
		uuid = derivedUUID(from.Number)
	}
	return &account{
		number: from.Number, uuid: uuid, pni: derivedUUID("pni " + uuid), username: from.Username,
		hideNumber: from.HideNumber, registered: true, loaded: !from.Phone, device: 1,
		profile: profile{givenName: from.GivenName, familyName: from.FamilyName, about: from.About, updated: now},
		devices: []device{{id: 1, created: now, lastSeen: now}},

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
	if c := a.contacts[other.uuid]; c != nil && !c.hidden {
		if name := strings.TrimSpace(c.givenName + " " + c.familyName); name != "" {
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
