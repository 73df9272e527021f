package domain

import "math"

// Device is one of the devices of an account.
type Device struct {
	ID DeviceID
	// Name may be empty.
	Name              string
	Created, LastSeen Timestamp
}

// DeviceID numbers the devices of an account; 1 is the primary one.
type DeviceID int32

// ParseDeviceID checks a device's number. Errors are Invalid.
func ParseDeviceID(n int64) (DeviceID, error) {
	if n < 1 || n > math.MaxInt32 {
		return 0, Errorf(Invalid, "", "a device ID is a positive number")
	}
	return DeviceID(n), nil
}
