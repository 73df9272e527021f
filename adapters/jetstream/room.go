package jetstream

import (
	"golang.org/x/sys/unix"

	"heliograph/domain"
)

// reserve is what stays free of the disk below a server in this process, in bytes, or a sixteenth of a small disk: a server that meets
// the end of the disk keeps nothing until it is started again.
const reserve = 64 << 20

// startRoom is what a server needs to start, in bytes.
const startRoom = 1 << 20

// room says no, as Unavailable, where a disk of ours is full. Whoever writes asks before.
func (s *Store) room() error {
	if s.server == nil || s.options.withoutReserve {
		return nil
	}
	if free, total, known := disk(s.options.Dir); known && free < min(reserve, total/16) {
		return domain.Errorf(domain.Unavailable, "", "the disk is full")
	}
	return nil
}

// startable reports whether there is room enough to start the server.
func (s *Store) startable() bool {
	free, _, known := disk(s.options.Dir)
	return s.room() == nil && (!known || free >= startRoom)
}

// disk is what of the disk below a folder may be used, and how large it is, in bytes; unknown where the system does not say.
func disk(folder string) (free, total uint64, known bool) {
	var stat unix.Statfs_t
	if err := unix.Statfs(folder, &stat); err != nil || stat.Blocks == 0 {
		return 0, 0, false
	}
	size := uint64(stat.Bsize)
	return uint64(stat.Bavail) * size, stat.Blocks * size, true
}
