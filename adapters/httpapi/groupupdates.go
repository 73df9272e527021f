package httpapi

import (
	"heliograph/adapters/httpapi/oas"
	"heliograph/domain"
)

// parseNewGroup reads what createGroup is given. Errors are Invalid.
func parseNewGroup(body *oas.CreateGroupRequest) (domain.GroupUpdate, error) {
	update := domain.GroupUpdate{Name: body.Name, Description: body.Description}
	var err error
	if update.AddMembers, err = parsePeople(body.Members); err != nil {
		return update, err
	}
	err = parseGroupSettings(&update, body.ExpirationTime, body.GroupLink, body.Permissions)
	return update, err
}

// parseGroupSettings reads what a group may be given at any time. Errors are Invalid.
func parseGroupSettings(update *domain.GroupUpdate, expiration *int64, link *string, permissions *oas.GroupPermissions) error {
	var err error
	if update.MessageExpiration, err = parseExpiration(expiration); err != nil {
		return err
	}
	if link != nil {
		if update.Link, err = domain.ParseGroupLink(*link); err != nil {
			return err
		}
	}
	if permissions == nil {
		return nil
	}
	for _, permission := range []struct {
		given *string
		into  *domain.GroupPermission
	}{
		{permissions.AddMembers, &update.Permissions.AddMembers},
		{permissions.EditGroup, &update.Permissions.EditGroup},
		{permissions.SendMessages, &update.Permissions.SendMessages},
	} {
		if value(permission.given) == "" {
			continue
		}
		if *permission.into, err = domain.ParseGroupPermission(*permission.given); err != nil {
			return err
		}
	}
	return nil
}
