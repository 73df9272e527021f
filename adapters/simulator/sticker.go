package simulator

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// stickerPack is a pack on the network. network.mu guards the map it is in; it never changes itself.
type stickerPack struct {
	ID, Key       string
	Title, Author string
	Stickers      []packSticker
}

type packSticker struct {
	ID          int
	Emoji       string
	ContentType string
	Content     []byte
}

// demoPack is a pack with one sticker.
func demoPack() *stickerPack {
	dot, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	return &stickerPack{
		ID: "68656c696f67726170682064656d6f21", Key: strings.Repeat("00", 32), Title: "Heliograph demo", Author: "Simulator",
		Stickers: []packSticker{{ID: 0, Emoji: "☀️", ContentType: "image/png", Content: dot}},
	}
}

// install puts a pack on the network and gives it to every account.
func (n *network) install(p *stickerPack) {
	n.packs[p.ID] = p
	for _, a := range n.accounts {
		a.packs[p.ID] = true
	}
}

var stickerPattern = regexp.MustCompile(`^([0-9a-f]{32}):([0-9]+)$`)

func (k *call) readSticker() (*sticker, *Error) {
	text, ok := k.p.str("sticker")
	if !ok {
		return nil, nil
	}
	m := stickerPattern.FindStringSubmatch(text)
	if m == nil {
		return nil, userError("Invalid sticker syntax (%s) expected 'stickerPackId:stickerId'", text)
	}
	id, err := strconv.Atoi(m[2])
	if err != nil {
		return nil, userError("Invalid sticker syntax (%s) expected 'stickerPackId:stickerId'", text)
	}
	if !k.account.packs[m[1]] {
		return nil, userError("Failed to send sticker: Sticker pack not found")
	}
	return &sticker{PackID: m[1], StickerID: id}, nil
}

type stickerEntry struct {
	ID          int     `json:"id"`
	Emoji       *string `json:"emoji"`
	ContentType *string `json:"contentType"`
}

type packEntry struct {
	PackID    string         `json:"packId"`
	URL       string         `json:"url"`
	Installed bool           `json:"installed"`
	Title     *string        `json:"title"`
	Author    *string        `json:"author"`
	Cover     *stickerEntry  `json:"cover"`
	Stickers  []stickerEntry `json:"stickers"`
}

func (p *stickerPack) url() string {
	return "https://signal.art/addstickers/#pack_id=" + p.ID + "&pack_key=" + p.Key
}

func listStickerPacks(k *call) (any, error) {
	out := []packEntry{}
	for id, installed := range k.account.packs {
		p := k.net.packs[id]
		e := packEntry{PackID: id, URL: p.url(), Installed: installed, Title: orNull(p.Title), Author: orNull(p.Author), Stickers: []stickerEntry{}}
		for _, s := range p.Stickers {
			e.Stickers = append(e.Stickers, stickerEntry{s.ID, orNull(s.Emoji), orNull(s.ContentType)})
		}
		if len(e.Stickers) > 0 {
			e.Cover = &e.Stickers[0]
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b packEntry) int { return strings.Compare(a.PackID, b.PackID) })
	return out, nil
}

var packLink = regexp.MustCompile(`^(?:https://signal\.art/addstickers/#|sgnl://addstickers/?\?)pack_id=([0-9a-f]+)&pack_key=([0-9a-f]+)$`)

func addStickerPack(k *call) (any, error) {
	uris := k.p.strings("uri")
	if len(uris) == 0 && k.p.err == nil {
		return nil, nullPointer("uri")
	}
	for _, uri := range uris {
		m := packLink.FindStringSubmatch(uri)
		if m == nil {
			return nil, userError("Sticker pack uri has invalid format: %s", uri)
		}
		p := k.net.packs[m[1]]
		if p == nil || p.Key != m[2] {
			return nil, ioError("Install sticker pack failed")
		}
		k.account.packs[p.ID] = true
	}
	return empty{}, nil
}

func getSticker(k *call) (any, error) {
	pack := k.p.required("packId")
	id, ok := k.p.int32("stickerId")
	if !ok {
		k.p.fail(nullPointer("stickerId"))
	}
	if k.p.err != nil {
		return nil, k.p.err
	}
	if p := k.net.packs[pack]; p != nil && k.account.packs[pack] {
		for _, s := range p.Stickers {
			if s.ID == id {
				return contentOf(s.Content), nil
			}
		}
	}
	return nil, userError("Could not find sticker with ID: %d in pack StickerPackId{%s}", id, pack)
}
