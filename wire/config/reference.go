package config

// unsupported are variables of the reference that have no effect here (yet), each with what a user should know.
var unsupported = []struct{ name, instead string }{
	{"RECEIVE_WEBHOOK_URL", "messages are read from /v1/receive"},
	{"ENABLE_PLUGINS", "there are no plugins"},
	{"PLUGIN_PATH", "there are no plugins"},
	{"JSON_RPC_IGNORE_ATTACHMENTS", "attachments are fetched"},
	{"JSON_RPC_IGNORE_STORIES", "stories are received"},
	{"JSON_RPC_IGNORE_AVATARS", "avatars are fetched"},
	{"JSON_RPC_IGNORE_STICKERS", "stickers are fetched"},
	{"JSON_RPC_TRUST_NEW_IDENTITIES", "new identities are trusted on first use"},
	{"SIGNAL_CLI_CHOWN_ON_STARTUP", "the gateway changes no file's owner"},
	{"SIGNAL_CLI_UID", "the gateway runs as the user who starts it"},
	{"SIGNAL_CLI_GID", "the gateway runs as the user who starts it"},
	{"SWAGGER_HOST", "there is no Swagger page"},
	{"SWAGGER_IP", "there is no Swagger page"},
	{"SWAGGER_USE_HTTPS_AS_PREFERRED_SCHEME", "there is no Swagger page"},
}

// reference reads what only the reference's variables do.
func (l *loader) reference() {
	for _, u := range unsupported {
		if l.env[u.name] != "" {
			l.warnf("%s is not supported yet: %s", u.name, u.instead)
		}
	}
	native, mode := l.env["USE_NATIVE"], l.env["MODE"]
	if native == "" {
		return
	}
	l.warnf("USE_NATIVE is not supported: set MODE=native")
	if mode != "" {
		l.faultf("environment: USE_NATIVE and MODE are both set")
	}
}
