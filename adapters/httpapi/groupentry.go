package httpapi

import (
	"net/http"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// groupEntry is a group as the API shows it. People are strings, or objects where that was asked for, so it is no generated type.
type groupEntry struct {
	ID              string               `json:"id"`
	InternalID      string               `json:"internal_id"`
	Name            string               `json:"name"`
	Description     string               `json:"description"`
	Member          bool                 `json:"member"`
	Blocked         bool                 `json:"blocked"`
	Members         []any                `json:"members"` // nil, which the backend did not tell, is null
	Admins          []any                `json:"admins"`
	PendingInvites  []any                `json:"pending_invites"`
	PendingRequests []any                `json:"pending_requests"`
	InviteLink      string               `json:"invite_link"`
	Permissions     oas.GroupPermissions `json:"permissions"`
}

func (g groupEntry) VisitGetGroupResponse(w http.ResponseWriter) error {
	writeJSON(w, http.StatusOK, g)
	return nil
}

// groupList answers with groups.
type groupList []groupEntry

func (l groupList) VisitListGroupsResponse(w http.ResponseWriter) error {
	writeJSON(w, http.StatusOK, l)
	return nil
}

func newGroupEntry(g *domain.Group, expand bool) groupEntry {
	members := make([]domain.Address, len(g.Members))
	for i := range g.Members {
		members[i] = g.Members[i].Address
	}
	if g.Members == nil {
		members = nil
	}
	add, edit, send := string(g.Permissions.AddMembers), string(g.Permissions.EditGroup), string(g.Permissions.SendMessages)
	return groupEntry{
		ID: g.ID.String(), InternalID: g.ID.Internal(), Name: g.Name, Description: g.Description, Member: g.Member, Blocked: g.Blocked,
		Members: people(members, expand), Admins: people(g.Admins, expand), PendingInvites: people(g.PendingMembers, expand),
		PendingRequests: people(g.RequestingMembers, expand), InviteLink: g.InviteLink,
		Permissions: oas.GroupPermissions{AddMembers: &add, EditGroup: &edit, SendMessages: &send},
	}
}

// people names people by number or else UUID, or by both.
func people(list []domain.Address, expand bool) []any {
	if list == nil {
		return nil
	}
	named := make([]any, len(list))
	for i, a := range list {
		switch {
		case expand:
			named[i] = struct {
				Number string `json:"number"`
				UUID   string `json:"uuid"`
			}{string(a.Number), string(a.UUID)}
		case a.Number != "":
			named[i] = string(a.Number)
		default:
			named[i] = string(a.UUID)
		}
	}
	return named
}
