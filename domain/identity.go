package domain

// Identity is a key that somebody uses or used.
type Identity struct {
	Address
	// Fingerprint is hex bytes with spaces between.
	Fingerprint string
	// SafetyNumber is 12 groups of 5 digits; may be empty.
	SafetyNumber string
	// ScannableSafetyNumber is the content of the QR code, base64; may be empty.
	ScannableSafetyNumber string
	TrustLevel            TrustLevel
	Added                 Timestamp
}

// TrustLevel says how far a key is trusted, in signal-cli's words.
type TrustLevel string

// The levels signal-cli knows.
const (
	Distrusted        TrustLevel = "UNTRUSTED"
	TrustedUnverified TrustLevel = "TRUSTED_UNVERIFIED"
	TrustedVerified   TrustLevel = "TRUSTED_VERIFIED"
)
