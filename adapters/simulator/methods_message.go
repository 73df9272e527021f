package simulator

import (
	"encoding/base64"
	"os"
	"strings"
	"unicode/utf8"
)

// data is a message that is one data message, the same for every target.
func (k *call) data(d dataMessage, timestamp int64) outgoing {
	return outgoing{receipt: true, notifySelf: k.p.boolean("notifySelf"), content: func(g *group, expires int) body {
		each := d
		k.finish(&each, timestamp, g, expires)
		return body{Data: &each}
	}}
}

// targetMessage reads targetAuthor and targetTimestamp. Without an author it is the recipient when there
// is exactly one.
func (k *call) targetMessage(t targets, fallback bool) (messageTarget, *Error) {
	text, given := k.p.str("targetAuthor")
	var author address
	switch {
	case given:
		var err *Error
		if author, err = k.net.parseAddress(text); err != nil {
			return messageTarget{}, err
		}
	case fallback && len(t.people) == 1 && len(t.groups) == 0:
		author = t.people[0]
	default:
		return messageTarget{}, nullPointer("targetAuthor")
	}
	timestamp := k.p.requiredInt64("targetTimestamp")
	return author.target(timestamp), k.p.err
}

// storyOf is the story context of a reaction to a story.
func storyOf(m messageTarget) *storyContext {
	return &storyContext{AuthorNumber: m.TargetAuthorNumber, AuthorUUID: m.TargetAuthorUUID, SentTimestamp: m.TargetSentTimestamp}
}

func sendReaction(k *call) (any, error) {
	return k.sendTo(true, func(t targets, timestamp int64) (outgoing, *Error) {
		target, err := k.targetMessage(t, true)
		if err != nil {
			return outgoing{}, err
		}
		d := dataMessage{Reaction: &reaction{Emoji: k.p.required("emoji"), messageTarget: target, IsRemove: k.p.boolean("remove")}}
		if k.p.boolean("story") {
			d.StoryContext = storyOf(target)
		}
		out := k.data(d, timestamp)
		out.notifySelf = out.notifySelf && k.sim.release >= release0_13_22
		return out, nil
	})
}

func remoteDeleteMessage(k *call) (any, error) {
	return k.sendTo(true, func(_ targets, timestamp int64) (outgoing, *Error) {
		return k.data(dataMessage{RemoteDelete: &remoteDelete{Timestamp: k.p.requiredInt64("targetTimestamp")}}, timestamp), nil
	})
}

// sendToOne is sendTo for commands with a single recipient. The caller holds network.mu.
func (k *call) sendToOne(compose func(timestamp int64) (outgoing, *Error)) (any, error) {
	text := k.p.required("recipient")
	if k.p.err != nil {
		return nil, k.p.err
	}
	to, err := k.net.parseAddress(text)
	if err != nil {
		return nil, err
	}
	timestamp := k.account.nextTimestamp(k.sim.now())
	out, err := compose(timestamp)
	if err == nil {
		err = k.p.err
	}
	if err != nil {
		return nil, err
	}
	out.timestamp = timestamp
	results, err := k.transmit(targets{people: []address{to}}, out)
	if err != nil {
		return nil, err
	}
	return respond(timestamp, results)
}

func sendReceipt(k *call) (any, error) {
	kind, ok := k.p.str("type")
	if !ok {
		kind = "read"
	}
	if kind != "read" && kind != "viewed" {
		return nil, userError("Unknown receipt type: %s", kind)
	}
	if on, set := k.account.config["readReceipts"]; set && !on && kind == "read" && k.sim.release >= release0_14_6 {
		return sendResponse{Timestamp: k.account.nextTimestamp(k.sim.now()), Results: []sendResult{}}, nil
	}
	return k.sendToOne(func(timestamp int64) (outgoing, *Error) {
		timestamps, ok := k.p.integers("targetTimestamp")
		if !ok && k.p.err == nil {
			return outgoing{}, nullPointer("targetTimestamp")
		}
		return outgoing{content: func(*group, int) body {
			return body{Receipt: &receiptMessage{When: timestamp, IsRead: kind == "read", IsViewed: kind == "viewed", Timestamps: timestamps}}
		}}, nil
	})
}

func sendTyping(k *call) (any, error) {
	return k.sendTo(false, func(_ targets, timestamp int64) (outgoing, *Error) {
		action := "STARTED"
		if k.p.boolean("stop") {
			action = "STOPPED"
		}
		return outgoing{content: func(g *group, _ int) body {
			typing := &typingMessage{Action: action, Timestamp: timestamp}
			if g != nil {
				typing.GroupID = g.id
			}
			return body{Typing: typing}
		}}, nil
	})
}

// The bounds of a poll.
const (
	minPollOptions     = 2
	maxPollOptions     = 10
	maxPollOptionChars = 100
)

func sendPollCreate(k *call) (any, error) {
	return k.sendTo(true, func(_ targets, timestamp int64) (outgoing, *Error) {
		if _, given := k.p.list("option"); !given && k.p.err == nil {
			return outgoing{}, nullPointer("option")
		}
		poll := &pollCreate{Question: k.p.required("question"), AllowMultiple: !k.p.boolean("noMulti"), Options: k.p.strings("option")}
		if k.p.err != nil {
			return outgoing{}, k.p.err
		}
		if len(poll.Options) < minPollOptions {
			return outgoing{}, userError("Poll needs at least two options")
		}
		if len(poll.Options) > maxPollOptions {
			return outgoing{}, userError("Poll cannot have more than %d options", maxPollOptions)
		}
		for _, option := range poll.Options {
			if n := utf8.RuneCountInString(option); n < 1 || n > maxPollOptionChars {
				return outgoing{}, userError("Poll option must be between 1 and %d characters", maxPollOptionChars)
			}
		}
		return k.data(dataMessage{PollCreate: poll}, timestamp), nil
	})
}

func sendPollVote(k *call) (any, error) {
	return k.sendTo(true, func(_ targets, timestamp int64) (outgoing, *Error) {
		author, err := k.net.parseAddress(k.p.required("pollAuthor"))
		if k.p.err != nil {
			return outgoing{}, k.p.err
		}
		if err != nil {
			return outgoing{}, err
		}
		vote := &pollVote{TargetSentTimestamp: k.p.requiredInt64("pollTimestamp")}
		vote.Author, vote.AuthorNumber, vote.AuthorUUID = author.author()
		options, given := k.p.integers("option")
		if !given && !k.p.lenient {
			k.p.fail(nullPointer("option"))
		}
		count, given := k.p.int32("voteCount")
		if !given {
			k.p.fail(nullPointer("voteCount"))
		}
		vote.OptionIndexes, vote.VoteCount = options, count
		return k.data(dataMessage{PollVote: vote}, timestamp), k.p.err
	})
}

func sendPollTerminate(k *call) (any, error) {
	return k.sendTo(true, func(_ targets, timestamp int64) (outgoing, *Error) {
		return k.data(dataMessage{PollTerminate: &pollTerminate{TargetSentTimestamp: k.p.requiredInt64("pollTimestamp")}}, timestamp), nil
	})
}

func sendPin(k *call) (any, error) {
	return k.sendTo(true, func(t targets, timestamp int64) (outgoing, *Error) {
		target, err := k.targetMessage(t, true)
		if err != nil {
			return outgoing{}, err
		}
		seconds, given := k.p.int32("pinDuration")
		if !given {
			k.p.fail(nullPointer("pinDuration"))
		}
		return k.data(dataMessage{PinMessage: &pinMessage{messageTarget: target, PinDurationSeconds: seconds}}, timestamp), nil
	})
}

func sendUnpin(k *call) (any, error) {
	return k.sendTo(true, func(t targets, timestamp int64) (outgoing, *Error) {
		target, err := k.targetMessage(t, true)
		return k.data(dataMessage{UnpinMessage: &target}, timestamp), err
	})
}

func sendAdminDelete(k *call) (any, error) {
	if groups, _ := k.p.list("groupId"); len(groups) == 0 {
		return nil, userError("No recipients given")
	}
	delete(k.p.fields, "recipient")
	return k.sendTo(false, func(t targets, timestamp int64) (outgoing, *Error) {
		target, err := k.targetMessage(t, false)
		return k.data(dataMessage{AdminDelete: &target}, timestamp), err
	})
}

// sendStory sends one file to every contact that is not blocked or hidden, or to a group.
func sendStory(k *call) (any, error) {
	path, given := k.p.str("attachment")
	if !given {
		return nil, userError("Attachment must be specified")
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fileError(path, err)
	}
	file, failed := k.sim.storeFile(path)
	if failed != nil {
		return nil, failed
	}
	if !strings.HasPrefix(file.ContentType, "image/") && !strings.HasPrefix(file.ContentType, "video/") {
		return nil, userError("Story attachment must be an image or video")
	}
	k.net.mu.Lock()
	defer k.net.mu.Unlock()
	var t targets
	if id, given := k.p.str("groupId"); given {
		g, err := k.net.findGroup(k.account, id)
		if err != nil {
			return nil, err
		}
		t.groups = []*group{g}
	} else {
		for _, a := range k.net.accounts {
			if c := k.account.contacts[a.uuid]; c != nil && !c.Hidden && !k.account.blocked[a.uuid] {
				t.people = append(t.people, address{uuid: a.uuid, account: k.net.registered(a)})
			}
		}
	}
	timestamp := k.account.nextTimestamp(k.sim.now())
	replies := !k.p.boolean("noReplies")
	results, err := k.transmit(t, outgoing{timestamp: timestamp, content: func(g *group, _ int) body {
		story := &storyMessage{AllowsReplies: replies, FileAttachment: file}
		if g != nil {
			story.GroupID = g.id
		}
		return body{Story: story}
	}})
	if err != nil {
		return nil, err
	}
	return respond(timestamp, results)
}

func sendPayment(k *call) (any, error) {
	receipt := k.p.required("receipt")
	if k.p.err != nil {
		return nil, k.p.err
	}
	if _, err := base64.StdEncoding.DecodeString(receipt); err != nil {
		return nil, &Error{Code: codeInternal, Message: "Illegal base64 character (IllegalArgumentException)"}
	}
	return k.sendToOne(func(timestamp int64) (outgoing, *Error) {
		return k.data(dataMessage{Payment: &payment{Note: k.p.text("note"), Receipt: receipt}}, timestamp), nil
	})
}

// sendRequestResponse accepts or deletes a message request; it concerns the own devices only.
func sendRequestResponse(k *call) (any, error) {
	kind := k.p.required("type")
	if k.p.err != nil {
		return nil, k.p.err
	}
	if kind := strings.ToLower(kind); kind != "accept" && kind != "delete" {
		return nil, &Error{Code: codeInternal, Message: "No enum constant MessageRequestResponseType (IllegalArgumentException)"}
	}
	if _, err := k.readTargets(true); err != nil {
		return nil, err
	}
	return empty{}, nil
}
