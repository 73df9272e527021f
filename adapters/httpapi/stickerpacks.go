package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
	"heliograph/ports"
)

// stickerPacks are the packs an account knows.
type stickerPacks struct{ packs ports.StickerPacks }

func (h stickerPacks) ListStickerPacks(ctx context.Context, r oas.ListStickerPacksRequestObject) (oas.ListStickerPacksResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	list, err := h.packs.List(ctx, account)
	if err != nil {
		return nil, err
	}
	answer := make(oas.ListStickerPacks200JSONResponse, len(list))
	for i, one := range list {
		answer[i] = oas.StickerPack{PackId: one.ID, Url: one.URL, Installed: one.Installed, Title: one.Title, Author: one.Author}
	}
	return answer, nil
}

func (h stickerPacks) AddStickerPack(ctx context.Context, r oas.AddStickerPackRequestObject) (oas.AddStickerPackResponseObject, error) {
	account, err := domain.ParseAccount(r.Number)
	if err != nil {
		return nil, err
	}
	return oas.AddStickerPack201Response{}, h.packs.Add(ctx, account, r.Body.PackId, r.Body.PackKey)
}
