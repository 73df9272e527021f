package domain

// StickerPack is a pack of stickers the account knows.
type StickerPack struct {
	// ID is lower-case hex.
	ID string
	// URL is the link that installs it. Title and Author are empty while they are unknown.
	URL, Title, Author string
	Installed          bool
}
