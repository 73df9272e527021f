package signalcli

import (
	"context"
	"regexp"
	"strings"
	"time"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.Groups = (*Groups)(nil)

// Groups implements ports.Groups.
type Groups struct{ client *Client }

// NewGroups asks client.
func NewGroups(client *Client) *Groups { return &Groups{client} }

// jsonGroup is an entry of listGroups.
type jsonGroup struct {
	ID                    string `json:"id"`
	Name                  string `json:"name"`
	Description           string `json:"description"`
	IsMember              bool   `json:"isMember"`
	IsBlocked             bool   `json:"isBlocked"`
	MessageExpirationTime int64  `json:"messageExpirationTime"`
	Members               []struct {
		jsonAddress
		Label      string `json:"label"`
		LabelEmoji string `json:"labelEmoji"`
	} `json:"members"`
	PendingMembers        []jsonAddress  `json:"pendingMembers"`
	RequestingMembers     []jsonAddress  `json:"requestingMembers"`
	Admins                []jsonAddress  `json:"admins"`
	Banned                []jsonAddress  `json:"banned"`
	PermissionAddMember   jsonPermission `json:"permissionAddMember"`
	PermissionEditDetails jsonPermission `json:"permissionEditDetails"`
	PermissionSendMessage jsonPermission `json:"permissionSendMessage"`
	GroupInviteLink       string         `json:"groupInviteLink"`
}

// jsonPermission is EVERY_MEMBER or ONLY_ADMINS.
type jsonPermission string

func (p jsonPermission) permission() domain.GroupPermission {
	return domain.GroupPermission(strings.ReplaceAll(strings.ToLower(string(p)), "_", "-"))
}

func (g jsonGroup) group() (domain.Group, error) {
	id, err := domain.ParseInternalGroupID(g.ID)
	if err != nil {
		return domain.Group{}, &domain.Error{Op: "listGroups", Kind: domain.Backend, Detail: "signal-cli gave a group without an ID", Err: err}
	}
	var members []domain.GroupMember
	if g.Members != nil {
		members = make([]domain.GroupMember, len(g.Members))
	}
	for i, m := range g.Members {
		members[i] = domain.GroupMember{Address: m.address(), Label: m.Label, LabelEmoji: m.LabelEmoji}
	}
	return domain.Group{
		ID: id, Name: g.Name, Description: g.Description, Member: g.IsMember, Blocked: g.IsBlocked,
		MessageExpiration: time.Duration(g.MessageExpirationTime) * time.Second,
		Members:           members, Admins: addresses(g.Admins), PendingMembers: addresses(g.PendingMembers),
		RequestingMembers: addresses(g.RequestingMembers), Banned: addresses(g.Banned),
		Permissions: domain.GroupPermissions{AddMembers: g.PermissionAddMember.permission(),
			EditGroup: g.PermissionEditDetails.permission(), SendMessages: g.PermissionSendMessage.permission()},
		InviteLink: g.GroupInviteLink,
	}, nil
}

// List is ports.Groups.
func (g *Groups) List(ctx context.Context, account domain.Account) ([]domain.Group, error) {
	var entries []jsonGroup
	if err := g.client.ask(ctx, "listGroups", account, nil, &entries); err != nil {
		return nil, err
	}
	groups := make([]domain.Group, len(entries))
	for i, e := range entries {
		var err error
		if groups[i], err = e.group(); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// Create is ports.Groups.
func (g *Groups) Create(ctx context.Context, account domain.Account, group domain.GroupUpdate) (domain.GroupID, error) {
	p, err := g.client.encodeGroup(group)
	if err != nil {
		return domain.GroupID{}, err
	}
	var answer jsonGroupChange
	if err := g.client.ask(ctx, "updateGroup", account, p, &answer); err != nil {
		return domain.GroupID{}, err
	}
	return answer.group("updateGroup")
}

// Update is ports.Groups.
func (g *Groups) Update(ctx context.Context, account domain.Account, group domain.GroupID, update domain.GroupUpdate) error {
	if group.IsZero() { // without an ID it would be a new group
		return errNoGroup("updateGroup")
	}
	p, err := g.client.encodeGroup(update)
	if err != nil {
		return err
	}
	p.text("groupId", group.Internal())
	return g.client.ask(ctx, "updateGroup", account, p, nil)
}

// Quit is ports.Groups.
func (g *Groups) Quit(ctx context.Context, account domain.Account, group domain.GroupID, options ports.QuitOptions) error {
	if group.IsZero() {
		return errNoGroup("quitGroup")
	}
	admins, err := people(options.NewAdmins)
	if err != nil {
		return err
	}
	var p params
	p.text("groupId", group.Internal())
	p.flag("delete", options.Delete)
	p.list("admin", admins)
	return g.client.ask(ctx, "quitGroup", account, p, nil)
}

// invitationLink is what signal-cli can read; some of what it cannot is an unexpected error to it.
var invitationLink = regexp.MustCompile(`^(https|sgnl)://signal\.group/#[-_A-Za-z0-9+/=]{4,}$`)

// Join is ports.Groups.
func (g *Groups) Join(ctx context.Context, account domain.Account, link string) (domain.GroupJoin, error) {
	if !invitationLink.MatchString(link) {
		return domain.GroupJoin{}, domain.Errorf(domain.Invalid, "joinGroup", "an invitation link is https://signal.group/# and base64")
	}
	var p params
	p.text("uri", link)
	var answer jsonGroupChange
	if err := g.client.ask(ctx, "joinGroup", account, p, &answer); err != nil {
		return domain.GroupJoin{}, err
	}
	id, err := answer.group("joinGroup")
	return domain.GroupJoin{Group: id, Requested: answer.OnlyRequested}, err
}

// jsonGroupChange is the answer of updateGroup and joinGroup.
type jsonGroupChange struct {
	GroupID       string `json:"groupId"`
	OnlyRequested bool   `json:"onlyRequested"`
}

func (c jsonGroupChange) group(method string) (domain.GroupID, error) {
	id, err := domain.ParseInternalGroupID(c.GroupID)
	if err != nil {
		return domain.GroupID{}, &domain.Error{Op: method, Kind: domain.Backend, Detail: "signal-cli did not name the group", Err: err}
	}
	return id, nil
}

func errNoGroup(method string) error {
	return domain.Errorf(domain.Invalid, method, "please provide the ID of a group")
}

// encodeGroup is what updateGroup takes besides the group.
func (c *Client) encodeGroup(u domain.GroupUpdate) (params, error) {
	var p params
	p.given("name", u.Name)
	p.given("description", u.Description)
	if err := c.picture(&p, "avatar", u.Avatar); err != nil {
		return nil, err
	}
	for _, list := range []struct {
		name   string
		people []domain.Recipient
	}{
		{"member", u.AddMembers}, {"removeMember", u.RemoveMembers}, {"admin", u.AddAdmins}, {"removeAdmin", u.RemoveAdmins},
		{"ban", u.Ban}, {"unban", u.Unban},
	} {
		names, err := people(list.people)
		if err != nil {
			return nil, err
		}
		p.list(list.name, names)
	}
	p.flag("resetLink", u.ResetLink)
	p.text("link", string(u.Link))
	p.text("setPermissionAddMember", string(u.Permissions.AddMembers))
	p.text("setPermissionEditDetails", string(u.Permissions.EditGroup))
	p.text("setPermissionSendMessages", string(u.Permissions.SendMessages))
	p.given("memberLabel", u.MemberLabel)
	p.given("memberLabelEmoji", u.MemberLabelEmoji)
	return p, p.seconds("expiration", u.MessageExpiration)
}
