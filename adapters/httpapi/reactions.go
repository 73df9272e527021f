package httpapi

import (
	"context"

	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// reactions puts emojis on messages and takes them off.
type reactions struct{ posting }

func (h reactions) SendReaction(ctx context.Context, r oas.SendReactionRequestObject) (oas.SendReactionResponseObject, error) {
	_, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) {
		if r.Body.Reaction == "" {
			return nil, missing("reaction")
		}
		return reaction(r.Body.Recipient, r.Body.Reaction, r.Body.TargetAuthor, r.Body.Timestamp, false)
	})
	return oas.SendReaction204Response{}, err
}

// anyEmoji stands for the emoji of a removal, which signal-cli wants and nobody looks at.
const anyEmoji = "👍"

func (h reactions) RemoveReaction(ctx context.Context, r oas.RemoveReactionRequestObject) (oas.RemoveReactionResponseObject, error) {
	_, err := h.post(ctx, r.Number, func() (domain.Outgoing, error) {
		emoji := value(r.Body.Reaction)
		if emoji == "" {
			emoji = anyEmoji
		}
		return reaction(r.Body.Recipient, emoji, r.Body.TargetAuthor, r.Body.Timestamp, true)
	})
	return oas.RemoveReaction204Response{}, err
}

func reaction(recipient, emoji, author string, timestamp int64, remove bool) (domain.Outgoing, error) {
	target, err := parseTarget(recipient)
	if err != nil {
		return nil, err
	}
	who, err := parsePerson("target_author", author)
	return domain.Reaction{Target: target, Emoji: emoji, TargetAuthor: who, TargetTimestamp: domain.Timestamp(timestamp), Remove: remove}, err
}
