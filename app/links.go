package app

import (
	"path/filepath"

	"lyceum/db/embedded"
	"lyceum/domain"
)

// LinkKey is the key that signs the links of mails; it is made in the data folder where there is none. Processes that share a
// database share the folder, too.
func LinkKey(c *Config) (domain.LinkKey, error) {
	key, err := embedded.KeepSecret(filepath.Join(c.DataDir, "links.key"))
	return domain.LinkKey(key), err
}
