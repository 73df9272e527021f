package domain

import "time"

// Contact is somebody the account knows. Texts are empty where the backend has none.
type Contact struct {
	Address
	Name, GivenName, FamilyName             string
	Nickname, NickGivenName, NickFamilyName string
	Note, Color                             string
	// Hidden contacts are not listed unless everybody is asked for; ProfileSharing says that they may see the account's profile.
	Archived, Blocked, Hidden, ProfileSharing bool
	// Unregistered is somebody who has left Signal.
	Unregistered bool
	// MessageExpiration is 0 while messages do not disappear.
	MessageExpiration time.Duration
	// Profile is nil while unknown.
	Profile *Profile
}

// Profile is what somebody says of themself.
type Profile struct {
	LastUpdate            Timestamp
	GivenName, FamilyName string
	About, AboutEmoji     string
	HasAvatar             bool
}

// ContactUpdate changes a contact; nil stays as it is.
type ContactUpdate struct {
	// Name is cleared by an empty string.
	Name *string
	// MessageExpiration switches disappearing messages off when it is zero, not nil. Whole seconds.
	MessageExpiration *time.Duration
}

// ProfileUpdate changes the account's own profile; nil stays as it is, an empty string clears.
type ProfileUpdate struct {
	GivenName, FamilyName, About, AboutEmoji *string
	Avatar                                   *AttachmentFile
	// RemoveAvatar wins over Avatar.
	RemoveAvatar bool
}
