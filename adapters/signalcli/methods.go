package signalcli

import "heliograph/domain"

// Method is one method of signal-cli and what becomes of it here: exactly one of Outgoing, Port and
// Reason is set (a test compares the list with signal-cli's own).
type Method struct {
	Name string
	// Since is the first release that has it, empty for 0.13.0 and before.
	Since string
	// ParamSince are the parameters in use that came after 0.13.0: an older signal-cli ignores them without a word.
	ParamSince map[string]string
	// Read is set for methods without effect, which may be repeated.
	Read bool
	// Outgoing is a zero value of the type that is sent by it.
	Outgoing domain.Outgoing
	// Port is the port's method that calls it, such as "Accounts.List".
	Port string
	// Reason says why nothing calls it.
	Reason string
}

const (
	noSettings = "no operation of the gateway changes these settings"
	noNumber   = "a change of the number is done on the phone"
	noDevices  = "no operation of the gateway needs it"
	noStickers = "the gateway neither shows nor makes stickers"
	noCalls    = "experimental, and subscribing to calls makes signal-cli take every incoming one"
)

// Methods lists all methods of signal-cli 0.14.6.
func Methods() []Method {
	return []Method{
		{Name: "send", Outgoing: domain.Message{}, ParamSince: map[string]string{
			"viewOnce": "0.13.18", "voiceNote": "0.14.2", "noUrgent": "0.14.0"}},
		{Name: "sendReaction", Outgoing: domain.Reaction{}, ParamSince: map[string]string{"notifySelf": "0.13.22"}},
		{Name: "sendReceipt", Outgoing: domain.Receipt{}},
		{Name: "sendTyping", Outgoing: domain.TypingIndicator{}},
		{Name: "remoteDelete", Outgoing: domain.RemoteDelete{}},
		{Name: "sendPollCreate", Since: "0.13.22", Outgoing: domain.Poll{}},
		{Name: "sendPollVote", Since: "0.13.22", Outgoing: domain.Vote{}},
		{Name: "sendPollTerminate", Since: "0.13.22", Outgoing: domain.PollEnd{}},
		{Name: "sendPinMessage", Since: "0.14.0", Outgoing: domain.Pin{}},
		{Name: "sendUnpinMessage", Since: "0.14.0", Outgoing: domain.Unpin{}},
		{Name: "sendAdminDelete", Since: "0.14.0", Outgoing: domain.AdminDelete{}},
		{Name: "sendStory", Since: "0.14.6", Outgoing: domain.Story{}},
		{Name: "sendPaymentNotification", Outgoing: domain.PaymentNotification{}},
		{Name: "sendMessageRequestResponse", Outgoing: domain.MessageRequestResponse{}},

		{Name: "listAccounts", Read: true, Port: "Accounts.List"},
		{Name: "register", Port: "Accounts.Register"},
		{Name: "verify", Port: "Accounts.Verify"},
		{Name: "unregister", Port: "Accounts.Unregister"},
		{Name: "deleteLocalAccountData", Port: "Accounts.DeleteLocalData"},
		{Name: "startLink", Read: true, Port: "Accounts.StartLink"},
		{Name: "finishLink", Port: "PendingLink.Wait"},
		{Name: "version", Read: true, Port: "Backend.Health"},
		{Name: "getAttachment", Read: true, Port: "Attachments.Open"},
		{Name: "receive", Port: "Poller.Poll"},
		{Name: "subscribeReceive", Port: "Receiver.Wanted"},
		{Name: "unsubscribeReceive", Port: "Receiver.Wanted"},
		{Name: "listGroups", Read: true, Port: "Groups.List"},
		{Name: "updateGroup", Port: "Groups.Update", ParamSince: map[string]string{"memberLabel": "0.14.1", "memberLabelEmoji": "0.14.1"}},
		{Name: "quitGroup", Port: "Groups.Quit"},
		{Name: "joinGroup", Port: "Groups.Join"},
		{Name: "listContacts", Read: true, Port: "Contacts.List"},
		{Name: "updateContact", Port: "Contacts.Update"},
		{Name: "removeContact", Port: "Contacts.Remove"},
		{Name: "sendContacts", Port: "Contacts.Sync"},
		{Name: "block", Port: "BlockList.Block"},
		{Name: "unblock", Port: "BlockList.Unblock"},
		{Name: "getUserStatus", Read: true, Port: "UserDirectory.Status", ParamSince: map[string]string{"username": "0.13.2"}},
		{Name: "listIdentities", Read: true, Port: "Identities.List"},
		{Name: "trust", Port: "Identities.TrustVerified"},
		{Name: "getAvatar", Read: true, Port: "Avatars.Profile"},
		{Name: "updateProfile", Port: "AccountSettings.UpdateProfile"},
		{Name: "updateAccount", Port: "AccountSettings.Update"},
		{Name: "setPin", Port: "AccountSettings.SetPIN"},
		{Name: "removePin", Port: "AccountSettings.RemovePIN"},
		{Name: "submitRateLimitChallenge", Port: "AccountSettings.SubmitChallenge"},
		{Name: "listDevices", Read: true, Port: "Devices.List"},
		{Name: "addDevice", Port: "Devices.Add"},
		{Name: "removeDevice", Port: "Devices.Remove"},
		{Name: "listStickerPacks", Read: true, Port: "StickerPacks.List"},
		{Name: "addStickerPack", Port: "StickerPacks.Add"},

		{Name: "updateConfiguration", Reason: noSettings},
		{Name: "startChangeNumber", Reason: noNumber},
		{Name: "finishChangeNumber", Reason: noNumber},
		{Name: "sendSyncRequest", Reason: noDevices},
		{Name: "updateDevice", Reason: noDevices},
		{Name: "uploadStickerPack", Reason: noStickers},
		{Name: "getSticker", Reason: noStickers},
		{Name: "startCall", Reason: noCalls},
		{Name: "acceptCall", Reason: noCalls},
		{Name: "hangupCall", Reason: noCalls},
		{Name: "rejectCall", Reason: noCalls},
		{Name: "listCalls", Reason: noCalls},
		{Name: "subscribeCallEvents", Reason: noCalls},
		{Name: "unsubscribeCallEvents", Reason: noCalls},
	}
}
