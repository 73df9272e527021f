// Package groups finds the groups that clients name.
package groups

import (
	"context"

	"heliograph/domain"
	"heliograph/ports"
)

// Service implements ports.GroupDirectory on a ports.Groups. It holds no state.
type Service struct{ groups ports.Groups }

var _ ports.GroupDirectory = (*Service)(nil)

// New makes a Service on the backend's groups.
func New(groups ports.Groups) *Service { return &Service{groups} }

// Get implements ports.GroupDirectory.
func (s *Service) Get(ctx context.Context, account domain.Account, reference string) (domain.Group, error) {
	all, err := s.groups.List(ctx, account)
	if err != nil {
		return domain.Group{}, err
	}
	if id, err := domain.ParseGroupReference(reference); err == nil {
		for _, group := range all {
			if group.ID == id {
				return group, nil
			}
		}
	}
	return domain.Group{}, domain.Errorf(domain.NotFound, "getGroup", "No group with that group id (%s) found", reference)
}

// UpdateKnown implements ports.GroupDirectory.
func (s *Service) UpdateKnown(ctx context.Context, account domain.Account, reference string, update domain.GroupUpdate) error {
	group, err := s.Get(ctx, account, reference)
	if err != nil {
		return err
	}
	return s.groups.Update(ctx, account, group.ID, update)
}
