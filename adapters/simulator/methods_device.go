package simulator

import "strings"

type deviceEntry struct {
	ID                int     `json:"id"`
	Name              *string `json:"name"`
	CreatedTimestamp  int64   `json:"createdTimestamp"`
	LastSeenTimestamp int64   `json:"lastSeenTimestamp"`
}

func listDevices(k *call) (any, error) {
	out := []deviceEntry{}
	for _, d := range k.account.devices {
		out = append(out, deviceEntry{d.ID, orNull(d.Name), d.Created, d.LastSeen})
	}
	return out, nil
}

// addDevice links what shows the code, which may be this very simulator's startLink.
func addDevice(k *call) (any, error) {
	uri := k.p.required("uri")
	if k.p.err != nil {
		return nil, k.p.err
	}
	if k.account.device != 1 {
		return nil, notPrimary()
	}
	if !strings.HasPrefix(uri, "sgnl://linkdevice?") && !strings.HasPrefix(uri, "tsdevice:/?") ||
		!strings.Contains(uri, "uuid=") || !strings.Contains(uri, "pub_key=") {
		return nil, userError("Invalid device link")
	}
	if !k.sim.links.scan(uri, k.account) {
		k.account.addDevice("", k.sim.now())
	}
	return empty{}, nil
}

// addDevice adds a linked device under the next free id.
func (a *account) addDevice(name string, now int64) int {
	id := 2
	for _, d := range a.devices {
		id = max(id, d.ID+1)
	}
	a.devices = append(a.devices, device{ID: id, Name: name, Created: now, LastSeen: now})
	return id
}

func removeDevice(k *call) (any, error) {
	id, ok := k.p.int32("deviceId")
	switch {
	case k.p.err != nil:
		return nil, k.p.err
	case !ok:
		return nil, nullPointer("deviceId")
	case k.account.device != 1:
		return nil, notPrimary()
	}
	for i, d := range k.account.devices {
		if d.ID == id && id != 1 {
			k.account.devices = append(k.account.devices[:i:i], k.account.devices[i+1:]...)
			return empty{}, nil
		}
	}
	return nil, ioError("Error while removing device: [404] ")
}

func updateDevice(k *call) (any, error) {
	id, ok := k.p.int32("deviceId")
	switch {
	case k.p.err != nil:
		return nil, k.p.err
	case !ok:
		return nil, nullPointer("deviceId")
	case k.account.device != 1:
		return nil, notPrimary()
	case !k.nameDevice(id, k.p.text("deviceName")):
		return nil, ioError("Error while updating device: [404] ")
	}
	return empty{}, nil
}

func (k *call) nameDevice(id int, name string) bool {
	for i := range k.account.devices {
		if k.account.devices[i].ID == id {
			k.account.devices[i].Name = name
			return true
		}
	}
	return false
}
