package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// groupMembers changes who is in a group and what they are there.
type groupMembers struct{ directory ports.GroupDirectory }

func (h groupMembers) AddGroupMembers(ctx context.Context, r oas.AddGroupMembersRequestObject) (oas.AddGroupMembersResponseObject, error) {
	if len(value(r.Body.Members)) == 0 {
		return nil, missing("group members")
	}
	err := h.change(ctx, r.Number, r.Groupid, r.Body.Members, func(people []domain.Recipient) domain.GroupUpdate {
		return domain.GroupUpdate{AddMembers: people}
	})
	return oas.AddGroupMembers204Response{}, err
}

func (h groupMembers) RemoveGroupMembers(ctx context.Context, r oas.RemoveGroupMembersRequestObject) (oas.RemoveGroupMembersResponseObject, error) {
	err := h.change(ctx, r.Number, r.Groupid, r.Body.Members, func(people []domain.Recipient) domain.GroupUpdate {
		return domain.GroupUpdate{RemoveMembers: people}
	})
	return oas.RemoveGroupMembers204Response{}, err
}

func (h groupMembers) AddGroupAdmins(ctx context.Context, r oas.AddGroupAdminsRequestObject) (oas.AddGroupAdminsResponseObject, error) {
	err := h.change(ctx, r.Number, r.Groupid, r.Body.Admins, func(people []domain.Recipient) domain.GroupUpdate {
		return domain.GroupUpdate{AddAdmins: people}
	})
	return oas.AddGroupAdmins204Response{}, err
}

func (h groupMembers) RemoveGroupAdmins(ctx context.Context, r oas.RemoveGroupAdminsRequestObject) (oas.RemoveGroupAdminsResponseObject, error) {
	err := h.change(ctx, r.Number, r.Groupid, r.Body.Admins, func(people []domain.Recipient) domain.GroupUpdate {
		return domain.GroupUpdate{RemoveAdmins: people}
	})
	return oas.RemoveGroupAdmins204Response{}, err
}

func (h groupMembers) BanFromGroup(ctx context.Context, r oas.BanFromGroupRequestObject) (oas.BanFromGroupResponseObject, error) {
	if len(value(r.Body.Members)) == 0 {
		return nil, missing("members")
	}
	err := h.change(ctx, r.Number, r.Groupid, r.Body.Members, func(people []domain.Recipient) domain.GroupUpdate {
		return domain.GroupUpdate{Ban: people}
	})
	return oas.BanFromGroup204Response{}, err
}

func (h groupMembers) UnbanFromGroup(ctx context.Context, r oas.UnbanFromGroupRequestObject) (oas.UnbanFromGroupResponseObject, error) {
	if len(value(r.Body.Members)) == 0 {
		return nil, missing("members")
	}
	err := h.change(ctx, r.Number, r.Groupid, r.Body.Members, func(people []domain.Recipient) domain.GroupUpdate {
		return domain.GroupUpdate{Unban: people}
	})
	return oas.UnbanFromGroup204Response{}, err
}

// change updates a group that the account knows. Nobody to change is a success.
func (h groupMembers) change(ctx context.Context, number, groupid string, names *[]string, update func([]domain.Recipient) domain.GroupUpdate) error {
	account, err := domain.ParseAccount(number)
	if err != nil {
		return err
	}
	people, err := parsePeople(names)
	if err != nil || len(people) == 0 {
		return err
	}
	return h.directory.UpdateKnown(ctx, account, groupid, update(people))
}
