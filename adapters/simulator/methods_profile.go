package simulator

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
)

// content is the answer of the commands that return a file.
type content struct {
	Data string `json:"data"`
}

func contentOf(raw []byte) content { return content{base64.StdEncoding.EncodeToString(raw)} }

func notPrimary() *Error {
	return userError("This command doesn't work on linked devices.")
}

func getAvatar(k *call) (any, error) {
	var avatar []byte
	// Contacts have no avatar of their own here: those come from a phone's address book.
	if _, ok := k.p.str("contact"); ok {
		return nil, userError("Could not find avatar")
	}
	if text, ok := k.p.str("profile"); ok {
		a, err := k.net.parseAddress(text)
		if err != nil {
			return nil, err
		}
		if a.account == nil || a.account.profile.Avatar == nil {
			return nil, userError("Could not find avatar")
		}
		return contentOf(a.account.profile.Avatar), nil
	}
	id, ok := k.p.str("groupId")
	if !ok {
		return nil, userError("Could not find avatar")
	}
	if err := parseGroupID(id); err != nil {
		return nil, err
	}
	if g := k.net.byGroup[id]; g != nil && g.knownTo(k.account.uuid) {
		avatar = g.avatar
	}
	if avatar == nil {
		return nil, userError("Could not find avatar")
	}
	return contentOf(avatar), nil
}

func updateProfile(k *call) (any, error) {
	var avatar []byte
	if source, ok := k.p.str("avatar"); ok {
		var err *Error
		if avatar, err = readContent(source); err != nil {
			return nil, ioError("Update profile error: %s", err.Message)
		}
	}
	k.net.mu.Lock()
	defer k.net.mu.Unlock()
	if coin, ok := k.p.str("mobileCoinAddress"); ok {
		if _, err := base64.StdEncoding.DecodeString(coin); err != nil {
			return nil, &Error{Code: codeInternal, Message: "Illegal base64 character (IllegalArgumentException)"}
		}
	}
	p := &k.account.profile
	set(&p.GivenName, k.optional("givenName"))
	set(&p.FamilyName, k.optional("familyName"))
	set(&p.About, k.optional("about"))
	set(&p.AboutEmoji, k.optional("aboutEmoji"))
	set(&p.MobileCoin, k.optional("mobileCoinAddress"))
	if avatar != nil {
		p.Avatar = avatar
	}
	if k.p.boolean("removeAvatar") {
		p.Avatar = nil
	}
	p.Updated = k.sim.now()
	return empty{}, nil
}

func updateAccount(k *call) (any, error) {
	type names struct {
		Username     string `json:"username,omitempty"`
		UsernameLink string `json:"usernameLink,omitempty"`
	}
	sharing := k.p.optionalBool("numberSharing")
	for _, name := range []string{"unrestrictedUnidentifiedSender", "discoverableByNumber", "deleteUsername"} {
		k.p.optionalBool(name)
	}
	if k.p.err != nil {
		return nil, k.p.err
	}
	if name, ok := k.p.str("deviceName"); ok {
		k.nameDevice(k.account.device, name)
	}
	if sharing != nil {
		k.account.hideNumber = !*sharing
	}
	if wanted, ok := k.p.str("username"); ok {
		name, err := k.reserveUsername(wanted)
		if err != nil {
			return nil, err
		}
		k.account.username = name
		return names{Username: name, UsernameLink: "https://signal.me/#eu/" + base64.RawURLEncoding.EncodeToString([]byte(derivedUUID(name)))}, nil
	}
	if k.p.boolean("deleteUsername") {
		k.account.username = ""
	}
	return names{}, nil
}

// reserveUsername checks a nickname and adds a number to it where it has none.
func (k *call) reserveUsername(wanted string) (string, *Error) {
	nick, number, hasNumber := strings.Cut(wanted, ".")
	valid := len(nick) >= 3 && len(nick) <= 32
	for i, r := range nick {
		valid = valid && (r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || (r >= '0' && r <= '9' && i > 0))
	}
	if !valid {
		return "", userError("Invalid username: %s", wanted)
	}
	if hasNumber {
		other := k.net.byUsername(wanted)
		if len(number) < 2 || other != nil && other != k.account {
			return "", ioError("Failed to set username: username is not available (UsernameTakenException)")
		}
		return wanted, nil
	}
	for {
		name := fmt.Sprintf("%s.%02d", nick, 1+rand.IntN(99))
		if other := k.net.byUsername(name); other == nil || other == k.account {
			return name, nil
		}
	}
}

func updateConfiguration(k *call) (any, error) {
	if k.account.device != 1 {
		return nil, notPrimary()
	}
	changes := map[string]bool{}
	for _, name := range []string{"readReceipts", "unidentifiedDeliveryIndicators", "typingIndicators", "linkPreviews"} {
		if on := k.p.optionalBool(name); on != nil {
			changes[name] = *on
		}
	}
	if k.p.err != nil {
		return nil, k.p.err
	}
	for name, on := range changes {
		k.account.config[name] = on
	}
	return empty{}, nil
}

func setPin(k *call) (any, error) {
	pin := k.p.required("pin")
	switch {
	case k.p.err != nil:
		return nil, k.p.err
	case k.account.device != 1:
		return nil, notPrimary()
	}
	k.account.pin = pin
	return empty{}, nil
}

func removePin(k *call) (any, error) {
	if k.account.device != 1 {
		return nil, notPrimary()
	}
	k.account.pin = ""
	return empty{}, nil
}

// submitChallenge heals every failure that asked for the challenge.
func submitChallenge(k *call) (any, error) {
	challenge, captcha := k.p.text("challenge"), k.p.text("captcha")
	if !strings.HasPrefix(captcha, "signalcaptcha://") || len(captcha) == len("signalcaptcha://") {
		failed := &Error{Code: codeCaptcha, Message: "Captcha rejected, it may be expired or wrong: invalid captcha"}
		if k.sim.release < release0_14_3 {
			failed.Code = codeUser
		}
		return nil, failed
	}
	for id, f := range k.net.failures {
		if f.Token != "" && f.Token == challenge {
			delete(k.net.failures, id)
		}
	}
	return empty{}, nil
}

func getAttachment(k *call) (any, error) {
	id, ok := k.p.str("id")
	if !ok {
		if k.sim.release < release0_14_2 {
			return nil, nullPointer("id")
		}
		return nil, userError("Missing attachment id")
	}
	raw, err := k.sim.files.get(id)
	if err != nil {
		return nil, userError("Could not find attachment with ID: %s", id)
	}
	return contentOf(raw), nil
}
