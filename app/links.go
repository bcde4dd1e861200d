package app

import (
	"fmt"
	"path/filepath"

	"lyceum/db/embedded"
	"lyceum/domain"
)

// LinkKey is the key that signs the links of mails; it is made in the data folder where there is none. Processes that share a
// database share the folder, too. Errors: ErrNoData.
func LinkKey(c *Config) (domain.LinkKey, error) {
	if !c.hasDataDir() {
		return nil, fmt.Errorf("%w: the folder %s, which keeps the key of links in mail, does not exist. Run this with the server's "+
			"LYCEUM_DATA_DIR", ErrNoData, c.dataDir())
	}
	key, err := embedded.KeepSecret(filepath.Join(c.DataDir, "links.key"))
	return domain.LinkKey(key), err
}
