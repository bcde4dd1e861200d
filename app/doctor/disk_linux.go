package doctor

import "golang.org/x/sys/unix"

// readDisk reads how full the disk of a folder is; nil for a folder that is not there.
func readDisk(dir string) (*disk, error) {
	var fs unix.Statfs_t
	err := unix.Statfs(dir, &fs)
	if err == unix.ENOENT {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	size := uint64(fs.Bsize) //nolint:gosec // the size of a block is positive
	return &disk{free: fs.Bavail * size, all: fs.Blocks * size}, nil
}
