package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"heliograph/domain"
)

func splitHostPort(s string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(s)
	if err != nil {
		return "", "", errors.New("must be host:port")
	}
	return host, port, nil
}

func checkHostPort(s string) error {
	_, port, err := splitHostPort(s)
	if err != nil {
		return err
	}
	return checkPort(port)
}

func checkPort(port string) error {
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return errors.New("the port must be a number from 0 to 65535")
	}
	return nil
}

// parseBool reads the words people use.
func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "yes", "true", "on", "1":
		return true, nil
	case "no", "false", "off", "0", "":
		return false, nil
	}
	return false, errors.New("must be yes or no")
}

// parseConsent reads what must not be switched on by habit or by accident: nothing but the word yes does.
func parseConsent(s string) (bool, error) {
	switch s {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, errors.New("must be the word yes, or no")
}

// parseDuration reads whole seconds, as the reference's variables have them, or a duration with its unit.
func parseDuration(s string, least time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if seconds, numeric := strconv.ParseInt(s, 10, 32); numeric == nil {
		d, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil {
		return 0, errors.New("must be a number of seconds, or a duration such as 500ms or 2m")
	}
	if d < least {
		return 0, fmt.Errorf("must be at least %s", least)
	}
	return d, nil
}

// parseBytes reads a number of bytes, with KiB, MiB or GiB behind it where that is shorter.
func parseBytes(s string, least, most int64) (int64, error) {
	unit := int64(1)
	number := s
	for suffix, factor := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			number, unit = strings.TrimSpace(rest), factor
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 {
		return 0, errors.New("must be a number of bytes, such as 1048576 or 64MiB")
	}
	if n > most/unit || n*unit < least {
		return 0, fmt.Errorf("must be from %d to %d bytes", least, most)
	}
	return n * unit, nil
}

func parseCount(s string, least, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("must be a number from %d to %d", least, most)
	}
	return n, nil
}

// parseList splits at commas; blanks around entries do not count.
func parseList(s string) []string {
	var list []string
	for _, entry := range strings.Split(s, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list
}

// parseNetworks reads networks, yes for all of them and no for none.
func parseNetworks(s string) ([]netip.Prefix, error) {
	if all, err := parseBool(s); err == nil {
		if all {
			return []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)}, nil
		}
		return nil, nil
	}
	var networks []netip.Prefix
	for _, text := range parseList(s) {
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); err != nil && single == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, errors.New("must be yes, no, or networks such as 192.168.0.0/16")
		}
		networks = append(networks, network)
	}
	return networks, nil
}

// parseLevel reads a level, in the reference's words too.
func parseLevel(s string) (slog.Level, error) {
	switch strings.ToLower(s) {
	case "debug", "trace":
		return slog.LevelDebug, nil
	case "info":
		return slog.LevelInfo, nil
	case "warn", "warning":
		return slog.LevelWarn, nil
	case "error", "fatal", "panic":
		return slog.LevelError, nil
	}
	return slog.LevelInfo, errors.New("must be debug, info, warn or error")
}

func parseTrustMode(s string) (domain.TrustMode, error) {
	mode, err := domain.ParseTrustMode(s)
	if err != nil {
		return "", fmt.Errorf("must be %s, %s or %s", domain.TrustOnFirstUse, domain.TrustAlways, domain.TrustNever)
	}
	return mode, nil
}
