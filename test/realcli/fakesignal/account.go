package fakesignal

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// account is one account as the server knows it.
type account struct {
	number, aci, pni string
	profileKey       []byte
	identity         map[kind]string
	certificate      certificates
	device           device

	queue []*waiting
	chat  *chat // the connection that receives; nil while there is none
}

// kind tells the two identities of an account apart.
type kind string

const (
	aci kind = "aci"
	pni kind = "pni"
)

// device is what signal-cli uploads once and expects the server to keep.
type device struct {
	Attributes struct {
		RegistrationID    int    `json:"registrationId"`
		PniRegistrationID int    `json:"pniRegistrationId"`
		AccessKey         []byte `json:"unidentifiedAccessKey"`
	}
	Keys map[kind]*keys
}

// keys are the uploaded prekeys of one identity.
type keys struct {
	Signed, LastPQ json.RawMessage
	Pre, PQ        []json.RawMessage
}

// certificates are the sender certificates of one account, in base64.
type certificates struct{ WithNumber, WithoutNumber string }

// waiting is an envelope that its receiver has not acknowledged.
type waiting struct{ envelope []byte }

// keysOf returns the prekeys of one identity, making an empty set when needed.
func (a *account) keysOf(k kind) *keys {
	if a.device.Keys == nil {
		a.device.Keys = map[kind]*keys{}
	}
	if a.device.Keys[k] == nil {
		a.device.Keys[k] = &keys{}
	}
	return a.device.Keys[k]
}

// readAccounts reads the accounts of a signal-cli data directory with their
// public keys, and the sender certificates that were made with them.
func readAccounts(configDir string) (map[string]*account, error) {
	var list struct {
		Accounts []struct{ Number, UUID, Path string }
	}
	if err := readJSON(filepath.Join(configDir, "data", "accounts.json"), &list); err != nil {
		return nil, err
	}
	var issued map[string]certificates
	if err := readJSON(filepath.Join(configDir, "certificates.json"), &issued); err != nil {
		return nil, err
	}
	type identity struct {
		ServiceID string `json:"serviceId"`
		PublicKey string `json:"identityPublicKey"`
	}
	accounts := map[string]*account{}
	for _, entry := range list.Accounts {
		var file struct {
			ProfileKey []byte   `json:"profileKey"`
			ACI        identity `json:"aciAccountData"`
			PNI        identity `json:"pniAccountData"`
		}
		if err := readJSON(filepath.Join(configDir, "data", entry.Path), &file); err != nil {
			return nil, err
		}
		accounts[entry.UUID] = &account{
			number:      entry.Number,
			aci:         entry.UUID,
			pni:         strings.TrimPrefix(file.PNI.ServiceID, "PNI:"),
			profileKey:  file.ProfileKey,
			identity:    map[kind]string{aci: file.ACI.PublicKey, pni: file.PNI.PublicKey},
			certificate: issued[entry.UUID],
		}
	}
	return accounts, nil
}

func readJSON(name string, into any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
