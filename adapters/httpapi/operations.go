package httpapi

import "heliograph/adapters/httpapi/oas"

// operations is the strict server, put together by tag.
type operations struct {
	general
	configuration
	accounts
	accountStates
	accountSettings
	devices
	attachments
	remoteDelete
	messageRequests
	reactions
	receipts
	typing
	polls
	pins
	groups
	groupMembers
	contacts
	profiles
	identities
	search
	stickerPacks
	eventOperations
	webhooks
	webhookDeliveries
}

var _ oas.StrictServerInterface = operations{}

func newOperations(p Ports, o Options, files attachments) operations {
	post := posting{p.Messaging}
	return operations{
		general:         general{health: p.Health, backend: p.Capabilities, mode: o.Mode, version: o.Version},
		configuration:   configuration{p.TrustModes, p.Capabilities, o.LogLevel},
		accounts:        accounts{p.Accounts},
		accountStates:   accountStates{p.States},
		accountSettings: accountSettings{p.AccountSettings},
		devices:         devices{p.Devices, p.Accounts},
		attachments:     files,
		remoteDelete:    remoteDelete{post},
		messageRequests: messageRequests{post},
		reactions:       reactions{post},
		receipts:        receipts{post},
		typing:          typing{post},
		polls:           polls{post},
		pins:            pins{post},
		groups:          groups{p.Groups, p.GroupDirectory, p.BlockList, p.Avatars, p.Spool},
		groupMembers:    groupMembers{p.GroupDirectory},
		contacts:        contacts{p.Contacts, p.BlockList, p.Avatars},
		profiles:        profiles{p.AccountSettings, p.Spool},
		identities:      identities{p.Identities},
		search:          search{p.UserDirectory},
		stickerPacks:    stickerPacks{p.StickerPacks},
		eventOperations: eventOperations{p.Events},

		webhooks:          webhooks{p.Webhooks, p.WebhookDeliveries},
		webhookDeliveries: webhookDeliveries{p.WebhookDeliveries, p.DeadLetters},
	}
}
