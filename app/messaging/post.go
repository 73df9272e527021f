package messaging

import (
	"context"
	"encoding/base64"

	"heliograph/domain"
)

// The bounds of polls, which signal-cli has too.
const (
	MinPollOptions = 2
	MaxPollOptions = 10
	// MaxPollOption bounds one option, in UTF-16 code units.
	MaxPollOption domain.UTF16Length = 100
)

// Post implements ports.Messaging.
func (s *Service) Post(ctx context.Context, from domain.Account, out domain.Outgoing) (domain.SendResult, error) {
	if from == "" {
		return domain.SendResult{}, domain.Errorf(domain.Invalid, "", "please provide a valid number to send from")
	}
	if err := check(out); err != nil {
		return domain.SendResult{}, err
	}
	return s.sender.Send(ctx, from, out)
}

// check looks for what signal-cli itself would not notice, or would only notice halfway.
func check(out domain.Outgoing) error {
	switch o := out.(type) {
	case domain.Message:
		return checkTarget(o.Target)
	case domain.Reaction:
		if o.Emoji == "" {
			return missing("reaction")
		}
		return firstOf(checkTarget(o.Target), checkMessage(o.TargetAuthor, o.TargetTimestamp))
	case domain.Receipt:
		return checkReceipt(o)
	case domain.TypingIndicator:
		return checkTarget(o.Target)
	case domain.RemoteDelete:
		return firstOf(checkTarget(o.Target), checkTimestamp("timestamp", o.TargetTimestamp))
	case domain.Poll:
		return firstOf(checkTarget(o.Target), checkPoll(o))
	case domain.Vote:
		return firstOf(checkTarget(o.Target), checkVote(o))
	case domain.PollEnd:
		return firstOf(checkTarget(o.Target), checkTimestamp("poll_timestamp", o.PollTimestamp))
	case domain.Pin:
		if o.DurationSeconds < -1 {
			return domain.Errorf(domain.Invalid, "", "duration must be in seconds, -1 for ever")
		}
		return firstOf(checkTarget(o.Target), checkMessage(o.TargetAuthor, o.TargetTimestamp))
	case domain.Unpin:
		return firstOf(checkTarget(o.Target), checkMessage(o.TargetAuthor, o.TargetTimestamp))
	case domain.AdminDelete:
		if o.Group.IsZero() {
			return missing("group")
		}
		return checkMessage(o.TargetAuthor, o.TargetTimestamp)
	case domain.Story:
		if o.Attachment.Path == "" {
			return missing("attachment")
		}
	case domain.PaymentNotification:
		if _, err := base64.StdEncoding.DecodeString(o.Receipt); err != nil || o.Receipt == "" {
			return domain.Errorf(domain.Invalid, "", "receipt must be base64")
		}
		return checkPerson("recipient", o.Recipient)
	case domain.MessageRequestResponse:
		return checkTarget(o.Target)
	}
	return nil
}

func firstOf(faults ...error) error {
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

func missing(what string) error { return domain.Errorf(domain.Invalid, "", "%s missing", what) }

func checkTarget(target domain.Target) error {
	if target.NoteToSelf && len(target.Recipients) == 0 {
		return nil
	}
	if len(target.Recipients) == 0 || target.Recipients[0].IsZero() {
		return missing("recipient")
	}
	_, err := domain.NewTarget(target.Recipients)
	return err
}

func checkPerson(what string, who domain.Recipient) error {
	switch {
	case who.IsZero():
		return missing(what)
	case who.IsGroup():
		return domain.Errorf(domain.Invalid, "", "%s cannot be a group", what)
	}
	return nil
}

func checkTimestamp(what string, timestamp domain.Timestamp) error {
	if timestamp == 0 {
		return missing(what)
	}
	_, err := domain.ParseTimestamp(int64(timestamp))
	return err
}

func checkMessage(author domain.Recipient, timestamp domain.Timestamp) error {
	return firstOf(checkPerson("target_author", author), checkTimestamp("timestamp", timestamp))
}

func checkReceipt(r domain.Receipt) error {
	if r.Type != domain.ReceiptRead && r.Type != domain.ReceiptViewed {
		return domain.Errorf(domain.Invalid, "", "receipt type must be %s or %s", domain.ReceiptRead, domain.ReceiptViewed)
	}
	if len(r.TargetTimestamps) == 0 {
		return missing("timestamp")
	}
	for _, timestamp := range r.TargetTimestamps {
		if err := checkTimestamp("timestamp", timestamp); err != nil {
			return err
		}
	}
	return checkPerson("recipient", r.Recipient)
}

func checkPoll(p domain.Poll) error {
	if p.Question == "" {
		return missing("question")
	}
	if n := len(p.Options); n < MinPollOptions || n > MaxPollOptions {
		return domain.Errorf(domain.Invalid, "", "a poll needs %d to %d answers", MinPollOptions, MaxPollOptions)
	}
	for _, option := range p.Options {
		if n := domain.UTF16Len(option); n < 1 || n > MaxPollOption {
			return domain.Errorf(domain.Invalid, "", "an answer of a poll must have 1 to %d characters", MaxPollOption)
		}
	}
	return nil
}

func checkVote(v domain.Vote) error {
	for _, option := range v.Options {
		if option < 0 || option >= MaxPollOptions {
			return domain.Errorf(domain.Invalid, "", "selected_answers must be 1 to %d", MaxPollOptions)
		}
	}
	if v.Count < 1 {
		return domain.Errorf(domain.Invalid, "", "the count of a vote begins with 1")
	}
	return firstOf(checkPerson("poll_author", v.PollAuthor), checkTimestamp("poll_timestamp", v.PollTimestamp))
}
