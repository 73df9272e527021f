package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// snapshotFile holds the network between two background processes of a folder.
const snapshotFile = "simulator.json"

// savedNetwork is the network as a file: everything but links and calls that are under way.
type savedNetwork struct {
	Accounts []savedAccount
	Groups   []savedGroup
	Packs    map[string]*stickerPack
	Codes    map[string]string
}

type savedAccount struct {
	Number, UUID, Username         string
	HideNumber, Registered, Loaded bool
	Device                         int
	Profile                        profile
	Contacts                       map[string]*contact
	Blocked                        map[string]bool
	Trust                          map[string]*trust
	IdentityRound                  int
	Devices                        []device
	Pin                            string
	Config, Packs                  map[string]bool
	LastTimestamp                  int64
	Waiting                        []savedMessage
}

// savedMessage waits at the server. From is the sender's UUID; empty: Raw is the whole payload.
type savedMessage struct {
	From               string
	Timestamp, Arrived int64
	Body, Raw          []byte
	Group              string
	Receipt            bool
}

type savedGroup struct {
	ID, Name, Description                 string
	Revision, Expiration                  int
	Members                               []savedMember
	Pending, Requesting, Banned           []string
	Former                                map[string]bool
	AddMembers, EditDetails, SendMessages string
	Link                                  string
	LinkPassword, Avatar                  []byte
}

type savedMember struct {
	UUID              string
	Admin             bool
	Label, LabelEmoji string
}

// save writes the network to a folder, whole or not at all.
func (s *Simulator) save(configDir string) error {
	raw, err := json.Marshal(s.net.saved())
	if err != nil {
		return err
	}
	path := filepath.Join(configDir, snapshotFile)
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func (n *network) saved() savedNetwork {
	n.mu.RLock()
	defer n.mu.RUnlock()
	out := savedNetwork{Packs: maps.Clone(n.packs), Codes: maps.Clone(n.codes)}
	for _, a := range n.accounts {
		saved := savedAccount{
			Number: a.number, UUID: a.uuid, Username: a.username, HideNumber: a.hideNumber, Registered: a.registered,
			Loaded: a.loaded, Device: a.device, Profile: a.profile, Contacts: a.contacts, Blocked: a.blocked, Trust: a.trust,
			IdentityRound: a.identityRound, Devices: a.devices, Pin: a.pin, Config: a.config, Packs: a.packs, LastTimestamp: a.lastTimestamp,
		}
		waiting := slices.Concat(slices.Collect(maps.Values(a.held))...)
		for _, q := range append(waiting, a.inbox.waiting()...) {
			m := savedMessage{Timestamp: q.timestamp, Arrived: q.arrived, Body: q.body, Raw: q.raw, Group: q.group, Receipt: q.receipt}
			if q.from != nil {
				m.From = q.from.uuid
			}
			saved.Waiting = append(saved.Waiting, m)
		}
		out.Accounts = append(out.Accounts, saved)
	}
	for _, g := range n.groups {
		out.Groups = append(out.Groups, g.saved())
	}
	return out
}

func (g *group) saved() savedGroup {
	out := savedGroup{
		ID: g.id, Name: g.name, Description: g.description, Revision: g.revision, Expiration: g.expiration,
		Pending: uuids(g.pending), Requesting: uuids(g.requesting), Banned: uuids(g.banned), Former: g.former,
		AddMembers: g.addMembers, EditDetails: g.editDetails, SendMessages: g.sendMessages,
		Link: g.link, LinkPassword: g.linkPassword, Avatar: g.avatar,
	}
	for _, m := range g.members {
		out.Members = append(out.Members, savedMember{m.account.uuid, m.admin, m.label, m.labelEmoji})
	}
	return out
}

func uuids(accounts []*account) []string {
	var out []string
	for _, a := range accounts {
		out = append(out, a.uuid)
	}
	return out
}

// restore replaces the network by the one saved in a folder; without one it does nothing. It must run
// before the simulator is used.
func (s *Simulator) restore(configDir string) error {
	raw, err := os.ReadFile(filepath.Join(configDir, snapshotFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var saved savedNetwork
	if err == nil {
		err = json.Unmarshal(raw, &saved)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", snapshotFile, err)
	}
	n := newNetwork()
	n.byACI = s.net.byACI
	maps.Copy(n.packs, saved.Packs)
	maps.Copy(n.codes, saved.Codes)
	for _, from := range saved.Accounts {
		n.add(from.account(s.now()))
	}
	// Only now, because add makes all contacts of one another.
	for i, from := range saved.Accounts {
		a := n.accounts[i]
		a.contacts = from.Contacts
		if a.contacts == nil {
			a.contacts = map[string]*contact{}
		}
		for _, m := range from.Waiting {
			a.inbox.queue = append(a.inbox.queue, &queued{from: n.byUUID[m.From], timestamp: m.Timestamp, arrived: m.Arrived,
				body: m.Body, raw: m.Raw, group: m.Group, receipt: m.Receipt})
			a.inbox.bytes += a.inbox.queue[len(a.inbox.queue)-1].size()
		}
	}
	for _, from := range saved.Groups {
		n.addGroup(from.group(n))
	}
	s.net = n
	return nil
}

func (from savedAccount) account(now int64) *account {
	a := newAccount(Account{Number: from.Number, UUID: from.UUID, Username: from.Username, HideNumber: from.HideNumber, Phone: !from.Loaded}, now)
	a.registered, a.device, a.profile, a.identityRound = from.Registered, from.Device, from.Profile, from.IdentityRound
	a.devices, a.pin, a.lastTimestamp = from.Devices, from.Pin, from.LastTimestamp
	maps.Copy(a.blocked, from.Blocked)
	maps.Copy(a.trust, from.Trust)
	maps.Copy(a.config, from.Config)
	maps.Copy(a.packs, from.Packs)
	if !a.loaded {
		a.inbox.receivers = []*receiver{{bare: true}}
	}
	return a
}

func (from savedGroup) group(n *network) *group {
	known := func(ids []string) []*account {
		var out []*account
		for _, id := range ids {
			if a := n.byUUID[id]; a != nil {
				out = append(out, a)
			}
		}
		return out
	}
	g := &group{
		id: from.ID, name: from.Name, description: from.Description, revision: from.Revision, expiration: from.Expiration,
		pending: known(from.Pending), requesting: known(from.Requesting), banned: known(from.Banned), former: map[string]bool{},
		addMembers: from.AddMembers, editDetails: from.EditDetails, sendMessages: from.SendMessages,
		link: from.Link, linkPassword: from.LinkPassword, avatar: from.Avatar,
	}
	maps.Copy(g.former, from.Former)
	for _, m := range from.Members {
		if a := n.byUUID[m.UUID]; a != nil {
			g.members = append(g.members, &member{account: a, admin: m.Admin, label: m.Label, labelEmoji: m.LabelEmoji})
		}
	}
	return g
}
