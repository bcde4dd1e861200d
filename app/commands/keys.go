package commands

import (
	"fmt"

	"lyceum/app"
	"lyceum/gateways/keys"
)

// keysets groups what concerns the keyset of backups.
type keysets struct {
	Export exportKeys `cmd:"" help:"Print the keyset, to be kept apart from the backups."`
	Rotate rotateKeys `cmd:"" help:"Encrypt with new keys from now on. The older ones stay in the keyset, for what they have encrypted."`
}

func keyset() (*keys.Set, error) {
	c, err := app.ReadConfig()
	if err != nil {
		return nil, err
	}
	return keys.Read(c.KeysFile())
}

type exportKeys struct{}

// Run prints the keyset on stdout and the warning on stderr, so that the one can be piped away.
func (exportKeys) Run(s *session) error {
	set, err := keyset()
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "lyceum: whoever has this can read every backup, and without it nobody can: keep it apart from them, "+
		"and from this machine")
	return set.Export(s.out)
}

type rotateKeys struct{}

// Run adds new keys.
func (rotateKeys) Run(s *session) error {
	set, err := keyset()
	if err != nil {
		return err
	}
	if err := set.Rotate(); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "new keys encrypt from now on; keep a new copy: lyceum keys export")
	return nil
}
