package config

import (
	"strings"

	"heliograph/domain"
)

// check finds what no single setting shows.
func (l *loader) check(c Config) {
	l.checkExposure(c)
	l.checkMode(c)
	l.checkDaemon(c)
	l.checkStore(c)
}

// checkExposure refuses to stand open to other machines unless told so in words.
func (l *loader) checkExposure(c Config) {
	if c.Token != "" || c.Listen == "" || c.Loopback() {
		return
	}
	if !c.AllowUnauthenticated {
		l.faultf("listen (%s) is %s, which other machines reach: set a token (HELIOGRAPH_TOKEN), or say "+
			"HELIOGRAPH_ALLOW_UNAUTHENTICATED=yes", l.values["listen"].Source, c.Listen)
		return
	}
	l.warnf("no token is set and %s can be reached by other machines: whoever reaches it can read and write messages", c.Listen)
}

// checkMode finds settings that the mode does not have.
func (l *loader) checkMode(c Config) {
	if c.Mode.Daemon() {
		for _, key := range []string{"receive.schedule", "signal_cli.timeout"} {
			// The reference ends with status 1 for these variables; the file's key for the time limit is ours and fine.
			if v := l.values[key]; strings.HasPrefix(v.Source, "environment") {
				l.faultf("%s (%s) is for the modes normal and native only, the mode is %s", key, v.Source, c.Mode)
			}
		}
	}
	if !c.Mode.Process() && c.Receive.Schedule != "" && !strings.HasPrefix(l.values["receive.schedule"].Source, "environment") {
		l.warnf("receive.schedule has no effect in mode %s: messages arrive by themselves", c.Mode)
	}
	if c.SignalCLI.Address != (Address{}) && !c.Mode.Daemon() {
		l.faultf("signal_cli.address (%s) is for the modes json-rpc and json-rpc-native only, the mode is %s",
			l.values["signal_cli.address"].Source, c.Mode)
	}
}

// checkDaemon finds settings that only a daemon of ours is started with, where it is none of ours.
func (l *loader) checkDaemon(c Config) {
	if c.OwnDaemon() {
		return
	}
	for _, s := range []struct {
		key, option string
		set         bool
	}{
		{"receive.ignore_attachments", "--ignore-attachments", c.Receive.IgnoreAttachments},
		{"receive.ignore_stories", "--ignore-stories", c.Receive.IgnoreStories},
		{"receive.ignore_avatars", "--ignore-avatars", c.Receive.IgnoreAvatars},
		{"receive.ignore_stickers", "--ignore-stickers", c.Receive.IgnoreStickers},
		{"signal_cli.trust_new_identities", "--trust-new-identities", c.SignalCLI.TrustNewIdentities != domain.TrustOnFirstUse},
	} {
		if !s.set {
			continue
		}
		source := l.values[s.key].Source
		switch {
		case c.Mode.Daemon():
			l.warnf("%s (%s) has no effect on a daemon that somebody else starts: start it with %s", s.key, source, s.option)
		case c.Mode.Process() && s.option == "--trust-new-identities":
			l.warnf("%s (%s) has no effect in mode %s: POST /v1/configuration/{number}/settings sets it for an account", s.key, source, c.Mode)
		case c.Mode.Process():
			l.warnf("%s (%s) has no effect in mode %s: ask for it with GET /v1/receive/{number}, or set AUTO_RECEIVE_SCHEDULE%s", s.key, source, c.Mode,
				strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(s.option, "-"), "-", "_")))
		default:
			l.warnf("%s (%s) has no effect in mode %s", s.key, source, c.Mode)
		}
	}
}
