package domain

import "time"

// Group is a group as the account sees it. A list that is nil was not told by the backend; one that is empty was.
type Group struct {
	ID                GroupID
	Name, Description string
	// Member and Blocked are about the account itself.
	Member, Blocked bool
	// MessageExpiration is 0 while messages do not disappear.
	MessageExpiration time.Duration
	Members           []GroupMember
	Admins            []Address
	// PendingMembers were invited and have not answered; RequestingMembers asked to join.
	PendingMembers    []Address
	RequestingMembers []Address
	Banned            []Address
	Permissions       GroupPermissions
	// InviteLink is empty while the link is disabled.
	InviteLink string
}

// GroupMember is a member with its label in the group, which may be empty.
type GroupMember struct {
	Address
	Label, LabelEmoji string
}

// GroupPermission says who may do something in a group.
type GroupPermission string

// The holders of a permission. The empty one leaves it as it is in an update, and is unknown in a Group.
const (
	EveryMember GroupPermission = "every-member"
	OnlyAdmins  GroupPermission = "only-admins"
)

// ParseGroupPermission reads a permission's holder. Errors are Invalid, also for the empty string.
func ParseGroupPermission(s string) (GroupPermission, error) {
	switch p := GroupPermission(s); p {
	case EveryMember, OnlyAdmins:
		return p, nil
	}
	return "", Errorf(Invalid, "", "a group permission must be %s or %s", EveryMember, OnlyAdmins)
}

// GroupPermissions are who may do what.
type GroupPermissions struct{ AddMembers, EditGroup, SendMessages GroupPermission }

// GroupLink is the state of a group's invitation link.
type GroupLink string

// The states of an invitation link; the empty one in an update leaves it as it is.
const (
	LinkEnabled             GroupLink = "enabled"
	LinkEnabledWithApproval GroupLink = "enabled-with-approval"
	LinkDisabled            GroupLink = "disabled"
)

// ParseGroupLink reads the state of an invitation link. Errors are Invalid, also for the empty string.
func ParseGroupLink(s string) (GroupLink, error) {
	switch l := GroupLink(s); l {
	case LinkEnabled, LinkEnabledWithApproval, LinkDisabled:
		return l, nil
	}
	return "", Errorf(Invalid, "", "a group link must be %s, %s or %s", LinkEnabled, LinkEnabledWithApproval, LinkDisabled)
}

// GroupUpdate changes a group, or describes a new one. What is nil or empty stays as it is; people are named as in
// Recipient, and none may be a group.
type GroupUpdate struct {
	// Name and Description are emptied by an empty string.
	Name, Description *string
	Avatar            *AttachmentFile
	AddMembers        []Recipient
	RemoveMembers     []Recipient
	AddAdmins         []Recipient
	RemoveAdmins      []Recipient
	// Ban keeps people from joining by the link (and removes members), Unban lets them again.
	Ban, Unban []Recipient
	// ResetLink makes the present invitation link invalid and a new one.
	ResetLink   bool
	Link        GroupLink
	Permissions GroupPermissions
	// MessageExpiration switches disappearing messages off when it is zero, not nil. Whole seconds.
	MessageExpiration *time.Duration
	// MemberLabel and MemberLabelEmoji are the account's own in this group; an empty string takes them off.
	MemberLabel, MemberLabelEmoji *string
}

// GroupJoin is the outcome of following an invitation link.
type GroupJoin struct {
	Group GroupID
	// Requested says that an admin must still approve.
	Requested bool
}
