package simulator

import (
	"slices"
	"strings"
)

type contactEntry struct {
	Number                *string          `json:"number"`
	UUID                  *string          `json:"uuid"`
	Username              *string          `json:"username"`
	Name                  *string          `json:"name"`
	GivenName             *string          `json:"givenName"`
	FamilyName            *string          `json:"familyName"`
	NickName              *string          `json:"nickName"`
	NickGivenName         *string          `json:"nickGivenName"`
	NickFamilyName        *string          `json:"nickFamilyName"`
	Note                  *string          `json:"note"`
	Color                 *string          `json:"color"`
	IsArchived            *bool            `json:"isArchived,omitempty"` // absent before 0.14.1
	IsBlocked             bool             `json:"isBlocked"`
	IsHidden              bool             `json:"isHidden"`
	MessageExpirationTime int              `json:"messageExpirationTime"`
	ProfileSharing        bool             `json:"profileSharing"`
	Unregistered          bool             `json:"unregistered"`
	Profile               *profileEntry    `json:"profile"`
	Internal              *contactInternal `json:"internal,omitempty"`
}

type profileEntry struct {
	LastUpdateTimestamp int64   `json:"lastUpdateTimestamp"`
	GivenName           *string `json:"givenName"`
	FamilyName          *string `json:"familyName"`
	About               *string `json:"about"`
	AboutEmoji          *string `json:"aboutEmoji"`
	HasAvatar           bool    `json:"hasAvatar"`
	MobileCoinAddress   *string `json:"mobileCoinAddress"`
}

type contactInternal struct {
	Capabilities              []string `json:"capabilities"`
	UnidentifiedAccessMode    *string  `json:"unidentifiedAccessMode"`
	SharesPhoneNumber         *bool    `json:"sharesPhoneNumber"`
	DiscoverableByPhonenumber *bool    `json:"discoverableByPhonenumber"`
}

// orNull is nil for an empty text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func listContacts(k *call) (any, error) {
	var wanted []*account
	recipients := k.p.strings("recipient")
	for _, text := range recipients {
		a, err := k.net.parseAddress(text)
		if err != nil {
			return nil, err
		}
		if a.account != nil {
			wanted = append(wanted, a.account)
		}
	}
	all, blocked := k.p.boolean("allRecipients"), k.p.optionalBool("blocked")
	name, byName := k.p.str("name")
	out := []contactEntry{}
	for _, a := range k.net.accounts {
		c := k.account.contacts[a.uuid]
		if c == nil || c.Hidden {
			if !all && !slices.Contains(wanted, a) {
				continue
			}
			if c == nil {
				c = &contact{}
			}
		}
		e := k.contactEntry(a, c)
		switch {
		case len(recipients) > 0 && !slices.Contains(wanted, a):
		case blocked != nil && e.IsBlocked != *blocked:
		case byName && !strings.EqualFold(*e.Name, name) && !strings.EqualFold(a.profile.name(), name):
		default:
			out = append(out, e)
		}
	}
	return out, nil
}

func (k *call) contactEntry(a *account, c *contact) contactEntry {
	name := strings.TrimSpace(c.GivenName + " " + c.FamilyName)
	e := contactEntry{
		Number: a.visibleNumber(), UUID: &a.uuid, Username: orNull(a.username), Name: &name,
		GivenName: orNull(c.GivenName), FamilyName: orNull(c.FamilyName),
		NickName:      orNull(strings.TrimSpace(c.NickGivenName + " " + c.NickFamilyName)),
		NickGivenName: orNull(c.NickGivenName), NickFamilyName: orNull(c.NickFamilyName), Note: orNull(c.Note),
		IsBlocked: k.account.blocked[a.uuid], IsHidden: c.Hidden, MessageExpirationTime: c.Expiration,
		ProfileSharing: true, Unregistered: !a.registered,
		Profile: &profileEntry{
			LastUpdateTimestamp: a.profile.Updated, GivenName: orNull(a.profile.GivenName),
			FamilyName: orNull(a.profile.FamilyName), About: orNull(a.profile.About),
			AboutEmoji: orNull(a.profile.AboutEmoji), HasAvatar: a.profile.Avatar != nil,
			MobileCoinAddress: orNull(a.profile.MobileCoin),
		},
	}
	if k.sim.release >= release0_14_1 {
		e.IsArchived = new(bool)
	}
	if k.p.boolean("internal") {
		mode, shares, found := "ENABLED", !a.hideNumber, true
		e.Internal = &contactInternal{Capabilities: []string{"storage"}, UnidentifiedAccessMode: &mode,
			SharesPhoneNumber: &shares, DiscoverableByPhonenumber: &found}
	}
	return e
}

// someone reads a required recipient that must be registered.
func (k *call) someone(name string) (*account, *Error) {
	text := k.p.required(name)
	if k.p.err != nil {
		return nil, k.p.err
	}
	a, err := k.net.parseAddress(text)
	if err != nil {
		return nil, err
	}
	if a.account == nil {
		return nil, userError("The user %s is not registered.", a.text())
	}
	return a.account, nil
}

func updateContact(k *call) (any, error) {
	a, err := k.someone("recipient")
	if err != nil {
		return nil, err
	}
	if k.account.device != 1 && k.sim.release < release0_13_23 {
		return nil, notPrimary()
	}
	expiration, expires := k.p.int32("expiration")
	if k.p.err != nil {
		return nil, k.p.err
	}
	c := k.account.contactOf(a.uuid)
	c.Hidden = false
	given, hasGiven := k.p.str("givenName")
	name, hasName := k.p.str("name")
	switch {
	case hasGiven:
		c.GivenName = given
		set(&c.FamilyName, k.optional("familyName"))
	case hasName:
		c.GivenName, c.FamilyName = name, k.p.text("familyName")
	default:
		set(&c.FamilyName, k.optional("familyName"))
	}
	set(&c.NickGivenName, k.optional("nickGivenName"))
	set(&c.NickFamilyName, k.optional("nickFamilyName"))
	set(&c.Note, k.optional("note"))
	if expires {
		c.Expiration = expiration
		k.tellExpiration(a, expiration)
	}
	return empty{}, nil
}

// tellExpiration sends the new timer of a conversation to the other side, which takes it over.
func (k *call) tellExpiration(to *account, seconds int) {
	to.contactOf(k.account.uuid).Expiration = seconds
	timestamp := k.account.nextTimestamp(k.sim.now())
	out := outgoing{timestamp: timestamp, receipt: true, content: func(*group, int) body {
		d := &dataMessage{}
		if k.sim.release >= release0_13_21 {
			update := true
			d.IsExpirationUpdate = &update
		}
		k.finish(d, timestamp, nil, seconds)
		return body{Data: d}
	}}
	_, _ = k.transmit(targets{people: []address{{uuid: to.uuid, account: to}}}, out)
}

func removeContact(k *call) (any, error) {
	text := k.p.required("recipient")
	if k.p.err != nil {
		return nil, k.p.err
	}
	a, err := k.net.parseAddress(text)
	if err != nil {
		return nil, err
	}
	hide, forget := k.p.boolean("hide"), k.p.boolean("forget")
	if a.account == nil {
		return empty{}, nil
	}
	switch {
	case hide:
		k.account.contactOf(a.account.uuid).Hidden = true
	case forget:
		delete(k.account.contacts, a.account.uuid)
		delete(k.account.trust, a.account.uuid)
	default:
		delete(k.account.contacts, a.account.uuid)
	}
	return empty{}, nil
}

func block(k *call) (any, error)   { return k.setBlocked(true) }
func unblock(k *call) (any, error) { return k.setBlocked(false) }

func (k *call) setBlocked(blocked bool) (any, error) {
	var ids []string
	for _, text := range k.p.strings("recipient") {
		a, err := k.net.parseAddress(text)
		if err != nil {
			return nil, err
		}
		if a.account == nil {
			return nil, userError("The user %s is not registered.", a.text())
		}
		ids = append(ids, a.account.uuid)
	}
	for _, id := range k.p.strings("groupId") {
		if err := parseGroupID(id); err != nil {
			return nil, err
		}
		if k.net.byGroup[id] == nil {
			k.sim.opt.Logger.Warn("unknown group id in block or unblock")
			continue
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		if blocked {
			k.account.blocked[id] = true
		} else {
			delete(k.account.blocked, id)
		}
	}
	return empty{}, nil
}

func getUserStatus(k *call) (any, error) {
	type status struct {
		Recipient    string  `json:"recipient"`
		Number       string  `json:"number,omitempty"`
		Username     string  `json:"username,omitempty"`
		UUID         *string `json:"uuid"`
		IsRegistered bool    `json:"isRegistered"`
	}
	out := []status{}
	for _, text := range k.p.strings("recipient") {
		a, err := k.net.parseAddress(text)
		if err != nil {
			return nil, err
		}
		s := status{Recipient: text, Number: a.number, IsRegistered: a.account != nil}
		if a.account != nil {
			s.UUID = &a.account.uuid
		}
		out = append(out, s)
	}
	for _, name := range k.p.strings("username") {
		a := k.net.byUsername(strings.TrimPrefix(name, "u:"))
		s := status{Recipient: name, Username: name, IsRegistered: a != nil}
		if a != nil {
			s.UUID = &a.uuid
		}
		out = append(out, s)
	}
	return out, nil
}
