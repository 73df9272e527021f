package simulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// VerificationCode is the code that register or startChangeNumber handed out for a number; "" when none waits.
func (s *Simulator) VerificationCode(number string) string {
	s.net.mu.RLock()
	defer s.net.mu.RUnlock()
	return s.net.codes[number]
}

// sendCode hands out a new code. The caller holds network.mu.
func (k *call) sendCode(number string) {
	code := fmt.Sprintf("%03d-%03d", rand.IntN(1000), rand.IntN(1000))
	k.net.codes[number] = code
	k.sim.tell(fmt.Sprintf("verification code for %s: %s\n", number, code))
}

// useCode takes a code back; "123-456" and "123456" are the same.
func (k *call) useCode(number, code string) bool {
	want := k.net.codes[number]
	return want != "" && strings.ReplaceAll(want, "-", "") == strings.ReplaceAll(strings.TrimSpace(code), "-", "")
}

// tell writes a line for people.
func (s *Simulator) tell(line string) {
	s.outMu.Lock()
	defer s.outMu.Unlock()
	_, _ = s.opt.Out.Write([]byte(line))
}

func (k *call) checkCaptcha() *Error {
	captcha, given := k.p.str("captcha")
	switch {
	case !k.sim.opt.RequireCaptcha:
		return nil
	case !given:
		return userError("Captcha required for verification, use --captcha CAPTCHA\n" +
			"To get the token, go to https://signalcaptchas.org/registration/generate.html\n" +
			"After solving the captcha, right-click on the \"Open Signal\" link and copy the link.")
	case !strings.HasPrefix(captcha, "signalcaptcha://") && !strings.HasPrefix(captcha, "signal-"):
		return userError("Invalid captcha given.")
	}
	return nil
}

func register(k *call) (any, error) {
	number, err := parseNumber(k.number)
	if err != nil {
		return nil, userError("Invalid account (phone number), make sure you include the country code.")
	}
	a := k.net.byNumber[number]
	if a != nil && a.loaded && k.sim.release < release0_13_20 {
		return nil, &Error{Code: codeParams, Message: "Method requires valid account parameter"}
	}
	if err := k.checkCaptcha(); err != nil {
		return nil, err
	}
	k.sendCode(number)
	return empty{}, nil
}

// verify makes the number an account that signal-cli holds; somebody else's phone loses it.
func verify(k *call) (any, error) {
	added, err := verifyLocked(k)
	if err != nil {
		return nil, err
	}
	if added != nil {
		k.sim.accountAdded(added)
	}
	return empty{}, nil
}

func verifyLocked(k *call) (*account, error) {
	k.net.mu.Lock()
	defer k.net.mu.Unlock()
	code, ok := k.p.str("verificationCode")
	if !ok {
		return nil, nullPointer("verificationCode")
	}
	number, err := parseNumber(k.number)
	if err != nil {
		return nil, err
	}
	if k.net.codes[number] == "" {
		return nil, &Error{Code: codeInternal, Message: "Parameter specified as non-null is null: method " +
			"org.whispersystems.signalservice.api.registration.RegistrationApi.verifyAccount, parameter sessionId (NullPointerException)"}
	}
	if !k.useCode(number, code) {
		return nil, ioError("Verify error: [403] Verification code wrong (AuthorizationFailedException)")
	}
	a := k.net.byNumber[number]
	if a != nil && a.pin != "" {
		pin, given := k.p.str("pin")
		if !given {
			return nil, userError("Verification failed! This number is locked with a pin. Hours remaining until reset: 168\n" +
				"Use '--pin PIN_CODE' to specify the registration lock PIN")
		}
		if pin != a.pin {
			return nil, userError("Verification failed! Invalid pin, tries remaining: 9")
		}
	}
	delete(k.net.codes, number)
	if a == nil {
		a = newAccount(Account{Number: number, UUID: derivedUUID(fmt.Sprintf("%s %x", number, randomBytes(8)))}, k.sim.now())
		k.net.add(a)
		return a, nil
	}
	wasLoaded := a.loaded
	a.registered, a.loaded, a.device = true, true, 1
	a.inbox.setReceivers(nil)
	if wasLoaded {
		return nil, nil
	}
	return a, nil
}

func deleteLocalAccountData(k *call) (any, error) {
	a := k.net.byNumber[k.number]
	if a == nil {
		return empty{}, nil
	}
	if a.loaded && k.sim.release < release0_13_20 {
		return nil, &Error{Code: codeParams, Message: "Method requires valid account parameter"}
	}
	if a.loaded && a.registered && !k.p.boolean("ignoreRegistered") {
		return nil, userError("Not deleting account, it is still registered. Use --ignore-registered to delete it anyway.")
	}
	k.unload(a)
	if !a.registered {
		k.net.remove(a)
	}
	return empty{}, nil
}

// unload makes signal-cli forget an account: its subscriptions end without notice. A signal-cli in
// single-account mode for it ends, so its connections do, but for the one that asked. The caller holds network.mu.
func (k *call) unload(a *account) {
	a.loaded = false
	a.inbox.setReceivers(nil)
	k.sim.mu.Lock()
	defer k.sim.mu.Unlock()
	for c := range k.sim.conns {
		if c != k.conn && (c.session.account == a.number || c.session.account == a.uuid) {
			c.cut()
		}
	}
}

func unregister(k *call) (any, error) {
	if k.account.device != 1 {
		return nil, notPrimary()
	}
	k.account.registered = false
	k.unload(k.account)
	if k.p.boolean("deleteAccount") {
		for _, g := range k.net.groups {
			if g.member(k.account.uuid) != nil {
				g.leave(k.account.uuid)
			}
		}
		k.net.remove(k.account)
	}
	return empty{}, nil
}

func startChangeNumber(k *call) (any, error) {
	number, err := parseNumber(k.p.text("number"))
	switch {
	case err != nil:
		return nil, err
	case k.account.device != 1:
		return nil, notPrimary()
	}
	if err := k.checkCaptcha(); err != nil {
		return nil, err
	}
	k.sendCode(number)
	return empty{}, nil
}

func finishChangeNumber(k *call) (any, error) {
	code, ok := k.p.str("verificationCode")
	if !ok {
		return nil, nullPointer("verificationCode")
	}
	number, err := parseNumber(k.p.text("number"))
	switch {
	case err != nil:
		return nil, err
	case k.account.device != 1:
		return nil, notPrimary()
	case k.net.codes[number] == "":
		return nil, &Error{Code: codeInternal, Message: "Parameter specified as non-null is null: method " +
			"org.whispersystems.signalservice.api.registration.RegistrationApi.verifyAccount, parameter sessionId (NullPointerException)"}
	case !k.useCode(number, code):
		return nil, ioError("Failed to change number: [403] Verification code wrong (AuthorizationFailedException)")
	}
	delete(k.net.codes, number)
	if other := k.net.byNumber[number]; other != nil && other != k.account {
		other.registered = false
		k.unload(other)
		k.net.accounts = slices.DeleteFunc(k.net.accounts, func(a *account) bool { return a == other })
	}
	delete(k.net.byNumber, k.account.number)
	k.account.number = number
	k.net.byNumber[number] = k.account
	return empty{}, nil
}
