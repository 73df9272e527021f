package fakesignal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strings"
)

// nameSize is the padded size, in bytes, of a short profile name.
const nameSize = 53

// profileLocked answers a profile as the account itself would have uploaded it.
func (s *Server) profileLocked(path string) (int, []byte) {
	id, _, _ := strings.Cut(path, "/")
	of := s.findLocked(id)
	if of == nil {
		return http.StatusNotFound, nil
	}
	if strings.HasPrefix(id, "PNI:") {
		return reply(map[string]string{"identityKey": of.identity[pni], "uuid": id})
	}
	mac := hmac.New(sha256.New, of.device.Attributes.AccessKey)
	mac.Write(make([]byte, 32))
	return reply(map[string]any{
		"identityKey":                    of.identity[aci],
		"uuid":                           of.aci,
		"name":                           seal(of.profileKey, "Account\x00"+of.number),
		"unidentifiedAccess":             mac.Sum(nil),
		"unrestrictedUnidentifiedAccess": false,
		"capabilities":                   map[string]bool{},
		"badges":                         []any{},
	})
}

// seal encrypts a name under the profile key; nil when the key is no AES key.
func seal(key []byte, name string) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil
	}
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce)
	padded := make([]byte, nameSize)
	copy(padded, name)
	return gcm.Seal(nonce, nonce, padded, nil)
}
