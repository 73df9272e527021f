package ports

import (
	"context"

	"heliograph/domain"
)

// StickerPacks are the packs of stickers of an account. Error kinds besides the usual: UnknownAccount, Invalid, Backend.
type StickerPacks interface {
	// List gives the packs the account knows, installed or not.
	List(ctx context.Context, account domain.Account) ([]domain.StickerPack, error)
	// Add installs a pack by ID and key, both hex in any letter case; what is no hex is Invalid.
	Add(ctx context.Context, account domain.Account, packID, packKey string) error
}
