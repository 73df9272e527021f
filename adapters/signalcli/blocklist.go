package signalcli

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

var _ ports.BlockList = (*BlockList)(nil)

// BlockList implements ports.BlockList.
type BlockList struct{ client *Client }

// NewBlockList asks client.
func NewBlockList(client *Client) *BlockList { return &BlockList{client} }

// Block is ports.BlockList.
func (b *BlockList) Block(ctx context.Context, account domain.Account, recipients []domain.Recipient) error {
	return b.set(ctx, "block", account, recipients)
}

// Unblock is ports.BlockList.
func (b *BlockList) Unblock(ctx context.Context, account domain.Account, recipients []domain.Recipient) error {
	return b.set(ctx, "unblock", account, recipients)
}

func (b *BlockList) set(ctx context.Context, method string, account domain.Account, recipients []domain.Recipient) error {
	var p params
	if err := p.plainTarget(domain.Target{Recipients: recipients}, account); err != nil {
		return err
	}
	return b.client.ask(ctx, method, account, p, nil)
}
