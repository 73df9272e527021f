package simulator

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
)

// stickerPack is a pack on the network. network.mu guards the map it is in; it never changes itself.
type stickerPack struct {
	id, key       string
	title, author string
	stickers      []packSticker
}

type packSticker struct {
	id          int
	emoji       string
	contentType string
	content     []byte
}

// demoPacks are installed for every account.
func demoPacks() []*stickerPack {
	dot, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	return []*stickerPack{{
		id: "68656c696f67726170682064656d6f21", key: strings.Repeat("00", 32),
		title: "Heliograph demo", author: "Simulator",
		stickers: []packSticker{{id: 0, emoji: "☀️", contentType: "image/png", content: dot}},
	}}
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
		return nil, userError("Failed to send message: Sticker not found (InvalidStickerException)")
	}
	return &sticker{PackID: m[1], StickerID: id}, nil
}
