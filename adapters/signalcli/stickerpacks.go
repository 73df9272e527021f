package signalcli

import (
	"context"
	"strings"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.StickerPacks = (*StickerPacks)(nil)

// StickerPacks implements ports.StickerPacks.
type StickerPacks struct{ client *Client }

// NewStickerPacks asks client.
func NewStickerPacks(client *Client) *StickerPacks { return &StickerPacks{client} }

// List is ports.StickerPacks.
func (s *StickerPacks) List(ctx context.Context, account domain.Account) ([]domain.StickerPack, error) {
	var entries []struct {
		PackID    string `json:"packId"`
		URL       string `json:"url"`
		Title     string `json:"title"`
		Author    string `json:"author"`
		Installed bool   `json:"installed"`
	}
	if err := s.client.ask(ctx, "listStickerPacks", account, nil, &entries); err != nil {
		return nil, err
	}
	packs := make([]domain.StickerPack, len(entries))
	for i, e := range entries {
		packs[i] = domain.StickerPack{ID: e.PackID, URL: e.URL, Title: e.Title, Author: e.Author, Installed: e.Installed}
	}
	return packs, nil
}

// Add is ports.StickerPacks.
func (s *StickerPacks) Add(ctx context.Context, account domain.Account, packID, packKey string) error {
	packID, packKey = strings.ToLower(packID), strings.ToLower(packKey)
	if !isHex(packID) || !isHex(packKey) {
		return domain.Errorf(domain.Invalid, "addStickerPack", "please provide ID and key of the sticker pack, both in hexadecimal")
	}
	var p params
	p.list("uri", []string{"https://signal.art/addstickers/#pack_id=" + packID + "&pack_key=" + packKey})
	return s.client.ask(ctx, "addStickerPack", account, p, nil)
}

// isHex reports whether s is one lower-case hexadecimal digit or more.
func isHex(s string) bool { return s != "" && strings.Trim(s, "0123456789abcdef") == "" }
