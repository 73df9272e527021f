package groups_test

import (
	"context"
	"testing"

	"heliograph/app/groups"
	"heliograph/domain"
	"heliograph/ports"
)

const alice = domain.Account("+15550100001")

// backend is a ports.Groups with two groups that notes updates.
type backend struct {
	ports.Groups
	t       *testing.T
	err     error
	listed  int
	updated []domain.GroupID
}

func id(t *testing.T, s string) domain.GroupID {
	t.Helper()
	g, err := domain.ParseInternalGroupID(s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (b *backend) List(context.Context, domain.Account) ([]domain.Group, error) {
	b.listed++
	return []domain.Group{{ID: id(b.t, "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=")},
		{ID: id(b.t, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), Name: "Family"}}, b.err
}

func (b *backend) Update(_ context.Context, _ domain.Account, group domain.GroupID, _ domain.GroupUpdate) error {
	b.updated = append(b.updated, group)
	return nil
}

const family = "QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOD0="

func TestGetFindsByTheIDOfTheAPI(t *testing.T) {
	for _, reference := range []string{"group." + family, family} {
		b := &backend{t: t}
		got, err := groups.New(b).Get(t.Context(), alice, reference)
		if err != nil || got.Name != "Family" {
			t.Errorf("%s: %+v, %v", reference, got, err)
		}
	}
}

// DEFECTS.md, number 23; what cannot be an ID is looked up too, as the recorded calls have it.
func TestDefect23UnknownGroupIsNotFound(t *testing.T) {
	for _, reference := range []string{"group.eHh4eA==", "AAECAwQ", "group.!!!", "", "group.", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="} {
		b := &backend{t: t}
		service := groups.New(b)
		if _, err := service.Get(t.Context(), alice, reference); err == nil || domain.KindOf(err) != domain.NotFound || b.listed != 1 {
			t.Errorf("get %q: %v after %d lookups", reference, err, b.listed)
		}
		err := service.UpdateKnown(t.Context(), alice, reference, domain.GroupUpdate{})
		if err == nil || domain.KindOf(err) != domain.NotFound || b.listed != 2 || len(b.updated) != 0 {
			t.Errorf("update %q: %v after %d lookups, %d updates", reference, err, b.listed, len(b.updated))
		}
	}
}

func TestUpdateKnownLooksFirst(t *testing.T) {
	b := &backend{t: t}
	if err := groups.New(b).UpdateKnown(t.Context(), alice, "group."+family, domain.GroupUpdate{}); err != nil {
		t.Fatal(err)
	}
	if b.listed != 1 || len(b.updated) != 1 || b.updated[0].String() != "group."+family {
		t.Errorf("%d lookups, updated %v", b.listed, b.updated)
	}
}

func TestFailedLookupIsPassedOn(t *testing.T) {
	b := &backend{t: t, err: domain.Errorf(domain.UnknownAccount, "listGroups", "no")}
	if err := groups.New(b).UpdateKnown(t.Context(), alice, "group."+family, domain.GroupUpdate{}); domain.KindOf(err) != domain.UnknownAccount || len(b.updated) != 0 {
		t.Errorf("got %v, %d updates", err, len(b.updated))
	}
}
