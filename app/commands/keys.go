package commands

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"lyceum/app"
	"lyceum/gateways/keys"
)

// keysets groups what concerns the keyset of backups.
type keysets struct {
	Export exportKeys `cmd:"" help:"Write a copy of the keyset, to be kept apart from the backups."`
	Rotate rotateKeys `cmd:"" help:"Encrypt with new keys from now on. The older ones stay in the keyset, for what they have encrypted."`
}

func keyset() (*keys.Set, error) {
	c, err := app.ReadConfig()
	if err != nil {
		return nil, err
	}
	return keys.Read(c.KeysFile())
}

type exportKeys struct {
	File string `arg:"" help:"A file that is not there yet, or - for stdout."`
}

// Run writes a copy of the keyset. A file that is there is never written over: it could be the keyset itself.
func (e exportKeys) Run(s *session) (err error) {
	set, err := keyset()
	if err != nil {
		return err
	}
	defer func() {
		if err == nil {
			fmt.Fprintln(s.err, "lyceum: whoever has this can read every backup, and without it nobody can: keep it apart from them, "+
				"and from this machine")
		}
	}()
	if e.File == "-" {
		return set.Export(s.out)
	}
	f, err := os.OpenFile(e.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and is never written over: name another file", e.File)
	}
	if err != nil {
		return fmt.Errorf("the copy cannot be written: %w", err)
	}
	if err := errors.Join(set.Export(f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(e.File))
	}
	return nil
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
	fmt.Fprintln(s.out, "new keys encrypt from now on; keep a new copy: lyceum keys export FILE")
	return nil
}
