package simulator

// methods are all methods of signal-cli, by their JSON-RPC name.
var methods = map[string]method{
	"send":                       {run: send},
	"sendReaction":               {run: sendReaction},
	"sendReceipt":                {run: locked(sendReceipt)},
	"sendTyping":                 {run: sendTyping},
	"remoteDelete":               {run: remoteDeleteMessage},
	"sendPollCreate":             {run: sendPollCreate, since: release0_13_22},
	"sendPollVote":               {run: sendPollVote, since: release0_13_22},
	"sendPollTerminate":          {run: sendPollTerminate, since: release0_13_22},
	"sendPinMessage":             {run: sendPin, since: release0_14_0},
	"sendUnpinMessage":           {run: sendUnpin, since: release0_14_0},
	"sendAdminDelete":            {run: sendAdminDelete, since: release0_14_0},
	"sendStory":                  {run: sendStory, since: release0_14_6},
	"sendPaymentNotification":    {run: locked(sendPayment)},
	"sendMessageRequestResponse": {run: locked(sendRequestResponse)},
	"receive":                    {run: receive, keys: receiveKeys},

	"listGroups":  {run: locked(listGroups)},
	"updateGroup": {run: updateGroup},
	"quitGroup":   {run: locked(quitGroup)},
	"joinGroup":   {run: locked(joinGroup)},

	"listContacts":   {run: locked(listContacts)},
	"updateContact":  {run: locked(updateContact)},
	"removeContact":  {run: locked(removeContact)},
	"sendContacts":   {run: nothing},
	"block":          {run: locked(block)},
	"unblock":        {run: locked(unblock)},
	"getUserStatus":  {run: locked(getUserStatus)},
	"listIdentities": {run: locked(listIdentities)},
	"trust":          {run: locked(trustIdentity)},
	"getAvatar":      {run: locked(getAvatar)},

	"updateProfile":            {run: updateProfile},
	"updateAccount":            {run: locked(updateAccount)},
	"updateConfiguration":      {run: locked(updateConfiguration)},
	"setPin":                   {run: locked(setPin)},
	"removePin":                {run: locked(removePin)},
	"unregister":               {run: locked(unregister)},
	"submitRateLimitChallenge": {run: locked(submitChallenge)},
	"startChangeNumber":        {run: locked(startChangeNumber)},
	"finishChangeNumber":       {run: locked(finishChangeNumber)},
	"sendSyncRequest":          {run: nothing},

	"listDevices":  {run: locked(listDevices)},
	"addDevice":    {run: locked(addDevice)},
	"removeDevice": {run: locked(removeDevice)},
	"updateDevice": {run: locked(updateDevice), since: release0_13_23},

	"getAttachment":     {run: getAttachment},
	"listStickerPacks":  {run: locked(listStickerPacks)},
	"addStickerPack":    {run: locked(addStickerPack)},
	"uploadStickerPack": {run: uploadStickerPack},
	"getSticker":        {run: locked(getSticker)},

	"startCall":  {run: startCall, since: release0_14_2},
	"acceptCall": {run: acceptCall, since: release0_14_2},
	"hangupCall": {run: hangupCall, since: release0_14_2},
	"rejectCall": {run: rejectCall, since: release0_14_2},
	"listCalls":  {run: locked(listCalls), since: release0_14_2},

	"register":               {kind: registration, run: locked(register), keys: []string{"voice", "captcha", "reregister"}},
	"verify":                 {kind: registration, run: verify, keys: []string{"verificationCode", "pin"}},
	"deleteLocalAccountData": {kind: registration, run: locked(deleteLocalAccountData)},
	"startLink":              {kind: multiLocal, run: startLink},
	"finishLink":             {kind: multiLocal, run: finishLink, keys: []string{"deviceLinkUri", "deviceName"}},
	"listAccounts":           {kind: multiLocal, run: locked(listAccounts)},
	"version":                {kind: both, run: version},

	"subscribeReceive":      {kind: subscribing, run: subscribeReceive},
	"unsubscribeReceive":    {kind: subscribing, run: unsubscribeReceive},
	"subscribeCallEvents":   {kind: subscribing, run: subscribeCallEvents, since: release0_14_2},
	"unsubscribeCallEvents": {kind: subscribing, run: unsubscribeCallEvents, since: release0_14_2},
}

// nothing is a command whose effect is on the own linked devices only, which are not simulated.
func nothing(*call) (any, error) { return empty{}, nil }
