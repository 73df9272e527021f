package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// groups are the groups of an account.
type groups struct {
	groups    ports.Groups
	directory ports.GroupDirectory
	blocked   ports.BlockList
	avatars   ports.Avatars
	spool     ports.Spool
}

func (h groups) ListGroups(ctx context.Context, r oas.ListGroupsRequestObject) (oas.ListGroupsResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	expand, err := parseFlag("expand", r.Params.Expand)
	if err != nil {
		return nil, err
	}
	list, err := h.groups.List(ctx, account)
	if err != nil {
		return nil, err
	}
	answer := make(groupList, len(list))
	for i := range list {
		answer[i] = newGroupEntry(&list[i], expand)
	}
	return answer, nil
}

func (h groups) GetGroup(ctx context.Context, r oas.GetGroupRequestObject) (oas.GetGroupResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	expand, err := parseFlag("expand", r.Params.Expand)
	if err != nil {
		return nil, err
	}
	group, err := h.directory.Get(ctx, account, r.Groupid)
	return newGroupEntry(&group, expand), err
}

func (h groups) CreateGroup(ctx context.Context, r oas.CreateGroupRequestObject) (oas.CreateGroupResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	group, err := parseNewGroup(r.Body)
	if err != nil {
		return nil, err
	}
	id, err := h.groups.Create(ctx, account, group)
	return oas.CreateGroup201JSONResponse{Id: id.String()}, err
}

func (h groups) UpdateGroup(ctx context.Context, r oas.UpdateGroupRequestObject) (oas.UpdateGroupResponseObject, error) {
	account, group, err := parseGroup(r.Number, r.Groupid)
	if err != nil {
		return nil, err
	}
	update := domain.GroupUpdate{Name: r.Body.Name, Description: r.Body.Description}
	if err := parseGroupSettings(&update, r.Body.ExpirationTime, r.Body.GroupLink, r.Body.Permissions); err != nil {
		return nil, err
	}
	avatar, done, err := storeAvatar(h.spool, r.Body.Base64Avatar)
	if err != nil {
		return nil, err
	}
	defer done()
	update.Avatar = avatar
	return oas.UpdateGroup204Response{}, h.groups.Update(ctx, account, group, update)
}

func (h groups) DeleteGroup(ctx context.Context, r oas.DeleteGroupRequestObject) (oas.DeleteGroupResponseObject, error) {
	account, group, err := parseGroup(r.Number, r.Groupid)
	if err != nil {
		return nil, err
	}
	return oas.DeleteGroup200Response{}, h.groups.Quit(ctx, account, group, ports.QuitOptions{})
}

func (h groups) QuitGroup(ctx context.Context, r oas.QuitGroupRequestObject) (oas.QuitGroupResponseObject, error) {
	account, group, err := parseGroup(r.Number, r.Groupid)
	if err != nil {
		return nil, err
	}
	return oas.QuitGroup204Response{}, h.groups.Quit(ctx, account, group, ports.QuitOptions{})
}

func (h groups) JoinGroup(ctx context.Context, r oas.JoinGroupRequestObject) (oas.JoinGroupResponseObject, error) {
	return oas.JoinGroup204Response{}, h.update(ctx, r.Number, r.Groupid, domain.GroupUpdate{})
}

func (h groups) JoinGroupByLink(ctx context.Context, r oas.JoinGroupByLinkRequestObject) (oas.JoinGroupByLinkResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	joined, err := h.groups.Join(ctx, account, r.Body.Uri)
	return oas.JoinGroupByLink200JSONResponse{Id: joined.Group.String(), Requested: joined.Requested}, err
}

func (h groups) BlockGroup(ctx context.Context, r oas.BlockGroupRequestObject) (oas.BlockGroupResponseObject, error) {
	account, group, err := parseGroup(r.Number, r.Groupid)
	if err != nil {
		return nil, err
	}
	return oas.BlockGroup204Response{}, h.blocked.Block(ctx, account, []domain.Recipient{{Group: group}})
}

func (h groups) UnblockGroup(ctx context.Context, r oas.UnblockGroupRequestObject) (oas.UnblockGroupResponseObject, error) {
	account, group, err := parseGroup(r.Number, r.Groupid)
	if err != nil {
		return nil, err
	}
	return oas.UnblockGroup204Response{}, h.blocked.Unblock(ctx, account, []domain.Recipient{{Group: group}})
}

func (h groups) ResetGroupLink(ctx context.Context, r oas.ResetGroupLinkRequestObject) (oas.ResetGroupLinkResponseObject, error) {
	return oas.ResetGroupLink204Response{}, h.update(ctx, r.Number, r.Groupid, domain.GroupUpdate{ResetLink: true})
}

func (h groups) SetGroupMemberLabel(ctx context.Context, r oas.SetGroupMemberLabelRequestObject) (oas.SetGroupMemberLabelResponseObject, error) {
	if r.Body.Label == nil && r.Body.Emoji == nil {
		return nil, missing("label")
	}
	update := domain.GroupUpdate{MemberLabel: r.Body.Label, MemberLabelEmoji: r.Body.Emoji}
	return oas.SetGroupMemberLabel204Response{}, h.update(ctx, r.Number, r.Groupid, update)
}

// update changes the group of a path.
func (h groups) update(ctx context.Context, number, groupid string, update domain.GroupUpdate) error {
	account, group, err := parseGroup(number, groupid)
	if err != nil {
		return err
	}
	return h.groups.Update(ctx, account, group, update)
}

func (h groups) GetGroupAvatar(ctx context.Context, r oas.GetGroupAvatarRequestObject) (oas.GetGroupAvatarResponseObject, error) {
	account, group, err := parseGroup(r.Number, r.Groupid)
	if err != nil {
		return nil, err
	}
	content, err := h.avatars.Group(ctx, account, group)
	return picture(content), err
}

// parseGroup reads the account and the group of a path. Errors are Invalid.
func parseGroup(number, groupid string) (domain.Account, domain.GroupID, error) {
	account, err := domain.ParseAccount(number)
	if err != nil {
		return "", domain.GroupID{}, err
	}
	group, err := domain.ParseGroupReference(groupid)
	return account, group, err
}
