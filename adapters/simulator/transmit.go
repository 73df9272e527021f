package simulator

// Failure is what sending to somebody ends in instead of success.
type Failure struct {
	// Type is NETWORK_FAILURE, UNREGISTERED_FAILURE, IDENTITY_FAILURE, RATE_LIMIT_FAILURE or
	// INVALID_PRE_KEY_FAILURE.
	Type string
	// Token is the challenge token of a rate limit that wants a captcha.
	Token string
	// RetryAfterSeconds is when a rate limit ends; 0: the server names no time.
	RetryAfterSeconds int64
}

// Fail makes every send to a number or UUID end in a failure; the zero Failure heals it.
func (s *Simulator) Fail(recipient string, f Failure) {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	if f == (Failure{}) {
		delete(s.net.failures, recipient)
		return
	}
	s.net.failures[recipient] = f
}

const success = "SUCCESS"

// sendResult is the outcome for one recipient.
type sendResult struct {
	RecipientAddress  recipientAddress `json:"recipientAddress"`
	GroupID           string           `json:"groupId,omitempty"`
	Type              string           `json:"type"`
	Token             string           `json:"token,omitempty"`
	RetryAfterSeconds int64            `json:"retryAfterSeconds,omitempty"`
}

// sendResponse is SendResult: the answer of everything that is sent.
type sendResponse struct {
	Timestamp int64        `json:"timestamp"`
	Results   []sendResult `json:"results"`
}

// targets is who a send-like command is for.
type targets struct {
	people []address
	groups []*group
	self   bool
}

// readTargets resolves recipient, groupId, username and noteToSelf. The caller holds network.mu.
func (k *call) readTargets(withNames bool) (targets, *Error) {
	var t targets
	recipients, groupIDs := k.p.strings("recipient"), k.p.strings("groupId")
	var usernames []string
	if withNames {
		usernames = k.p.strings("username")
		t.self = k.p.boolean("noteToSelf")
	}
	if k.p.err != nil {
		return t, k.p.err
	}
	for _, name := range usernames {
		recipients = append(recipients, "u:"+name)
	}
	if len(recipients) == 0 && len(groupIDs) == 0 && !t.self {
		return t, userError("No recipients given")
	}
	for _, text := range recipients {
		a, err := k.net.parseAddress(text)
		if err != nil {
			return t, err
		}
		t.people = append(t.people, a)
	}
	for _, id := range groupIDs {
		g, err := k.net.findGroup(k.account, id)
		if err != nil {
			return t, err
		}
		if g.member(k.account.uuid) == nil {
			return t, userError("User is not a member of group: %s (%s)", g.name, g.id)
		}
		t.groups = append(t.groups, g)
	}
	return t, nil
}

// outgoing is one message on its way.
type outgoing struct {
	timestamp int64
	// content makes the envelope's content for one target; g is nil for a person. expires is the
	// conversation's timer in seconds.
	content func(g *group, expires int) body
	// receipt: recipients send a delivery receipt back.
	receipt bool
	// notifySelf: the own number gets it like any other.
	notifySelf bool
	// admin: it may be sent in a group where only administrators write.
	admin bool
}

// transmit puts a message into the queues of all its recipients. The caller holds network.mu.
func (k *call) transmit(t targets, out outgoing) ([]sendResult, *Error) {
	results := []sendResult{}
	if t.self && !containsSelf(t.people, k.account) {
		t.people = append(t.people, address{uuid: k.account.uuid, account: k.account})
	}
	for _, to := range t.people {
		if to.account == k.account {
			if out.notifySelf {
				k.enqueue(k.account, out, out.content(nil, 0).fragment(), "")
			}
			results = append(results, sendResult{RecipientAddress: address{account: k.account}.result(), Type: success})
			continue
		}
		r := k.outcome(to)
		if r.Type == success {
			expires := 0
			if c := k.account.contacts[to.account.uuid]; c != nil {
				expires = c.Expiration
			}
			k.enqueue(to.account, out, out.content(nil, expires).fragment(), "")
		}
		results = append(results, r)
	}
	for _, g := range t.groups {
		if g.sendMessages == onlyAdmins && !out.admin && !g.isAdmin(k.account.uuid) {
			return nil, userError("User is not allowed to send messages in group: %s (%s)", g.name, g.id)
		}
		fragment := out.content(g, g.expiration).fragment()
		for _, m := range g.members {
			if m.account == k.account {
				continue
			}
			r := k.outcome(address{uuid: m.account.uuid, account: k.net.registered(m.account)})
			if m.account.registered {
				r.RecipientAddress = address{account: m.account}.result()
			}
			r.GroupID = g.id
			if r.Type == success {
				k.enqueue(m.account, out, fragment, g.id)
			}
			results = append(results, r)
		}
	}
	return results, nil
}

func containsSelf(people []address, self *account) bool {
	for _, p := range people {
		if p.account == self {
			return true
		}
	}
	return false
}

// outcome tells how sending to somebody ends.
func (k *call) outcome(to address) sendResult {
	r := sendResult{RecipientAddress: to.result(), Type: success}
	ids := []string{to.number, to.uuid, to.username}
	if to.account != nil {
		ids = append(ids, to.account.number, to.account.uuid)
	}
	for _, id := range ids {
		f, ok := k.net.failures[id]
		if !ok || id == "" {
			continue
		}
		r.Type, r.Token = f.Type, f.Token
		if f.Token != "" || k.sim.release >= release0_14_3 {
			r.RetryAfterSeconds = f.RetryAfterSeconds
		}
		return r
	}
	switch {
	case to.account == nil:
		r.Type = "UNREGISTERED_FAILURE"
	case k.account.trustIn(to.account) == levelUntrusted:
		r.Type = "IDENTITY_FAILURE"
	}
	return r
}

func (k *call) enqueue(to *account, out outgoing, fragment []byte, group string) {
	k.sim.post(to, &queued{from: k.account, timestamp: out.timestamp, body: fragment, group: group,
		receipt: out.receipt && to != k.account})
}

// respond turns results into an answer: an error when there are some and none is a success.
func respond(timestamp int64, results []sendResult) (any, error) {
	response := sendResponse{Timestamp: timestamp, Results: results}
	kinds := map[string]bool{}
	for _, r := range results {
		kinds[r.Type] = true
	}
	if len(results) == 0 || kinds[success] {
		return response, nil
	}
	failed := &Error{Code: codeUser, Message: "Failed to send message"}
	if len(kinds) == 1 && kinds["IDENTITY_FAILURE"] {
		failed = &Error{Code: codeUntrusted, Message: "Failed to send message due to untrusted identities"}
	}
	if len(kinds) == 1 && kinds["RATE_LIMIT_FAILURE"] {
		failed = &Error{Code: codeRateLimit, Message: "Failed to send message due to rate limiting"}
	}
	failed.Data = encode(struct {
		Response sendResponse `json:"response"`
	}{response})
	return nil, failed
}

// sendTo resolves the targets, makes the message and sends it: what all send-like commands have in common.
func (k *call) sendTo(withNames bool, compose func(t targets, timestamp int64) (outgoing, *Error)) (any, error) {
	k.net.mu.Lock()
	defer k.net.mu.Unlock()
	t, err := k.readTargets(withNames)
	if err != nil {
		return nil, err
	}
	timestamp := k.account.nextTimestamp(k.sim.now())
	out, err := compose(t, timestamp)
	if err == nil {
		err = k.p.err
	}
	if err != nil {
		return nil, err
	}
	out.timestamp = timestamp
	results, err := k.transmit(t, out)
	if err != nil {
		return nil, err
	}
	return respond(timestamp, results)
}
