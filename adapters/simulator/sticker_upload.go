package simulator

import (
	"archive/zip"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxStickerBytes bounds one file of an uploaded pack.
const maxStickerBytes = 10 << 20

// packManifest is manifest.json of a pack to upload.
type packManifest struct {
	Title    string         `json:"title"`
	Author   string         `json:"author"`
	Stickers []manifestFile `json:"stickers"`
}

type manifestFile struct {
	Emoji       string `json:"emoji"`
	File        string `json:"file"`
	ContentType string `json:"contentType"`
}

// uploadStickerPack reads a manifest.json or a zip file with one and puts the pack on the network.
func uploadStickerPack(k *call) (any, error) {
	path := k.p.required("path")
	if k.p.err != nil {
		return nil, k.p.err
	}
	pack, err := readPack(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
			return nil, ioError("Upload error (maybe image size too large): %v", err)
		}
		return nil, userError("Invalid sticker pack: %v", err)
	}
	k.net.mu.Lock()
	defer k.net.mu.Unlock()
	k.net.packs[pack.ID] = pack
	k.account.packs[pack.ID] = true
	return struct {
		URL string `json:"url"`
	}{pack.url()}, nil
}

func readPack(path string) (*stickerPack, error) {
	var files fs.FS
	if strings.HasSuffix(path, ".zip") {
		archive, err := zip.OpenReader(path)
		if err != nil {
			return nil, err
		}
		defer archive.Close()
		files = archive
	} else {
		files = os.DirFS(filepath.Dir(path))
	}
	name := "manifest.json"
	if !strings.HasSuffix(path, ".zip") {
		name = filepath.Base(path)
	}
	raw, err := readStickerFile(files, name)
	if err != nil {
		return nil, err
	}
	var manifest packManifest
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return nil, err
	}
	if len(manifest.Stickers) == 0 {
		return nil, errors.New("must set stickers")
	}
	pack := &stickerPack{ID: hex.EncodeToString(randomBytes(16)), Key: hex.EncodeToString(randomBytes(32)),
		Title: manifest.Title, Author: manifest.Author}
	for i, s := range manifest.Stickers {
		raw, err := readStickerFile(files, s.File)
		if err != nil {
			return nil, err
		}
		contentType := s.ContentType
		if contentType == "" {
			contentType = "image/webp"
		}
		pack.Stickers = append(pack.Stickers, packSticker{ID: i, Emoji: s.Emoji, ContentType: contentType, Content: raw})
	}
	return pack, nil
}

func readStickerFile(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxStickerBytes+1))
	if err == nil && len(raw) > maxStickerBytes {
		err = errors.New("file too large: " + name)
	}
	return raw, err
}
