package commands

import (
	"errors"
	"fmt"

	"lyceum/app"
	"lyceum/db"
	"lyceum/store"
)

// audit groups what concerns the audit logs.
type audit struct {
	Verify verifyAudit `cmd:"" help:"Walk the chain of seals and name the first row that was changed."`
}

type verifyAudit struct{}

// Run ends with an error when anything but unsealed rows is found.
func (verifyAudit) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	d, err := s.open(c, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	owner, err := db.Open(s.ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum audit"})
	if err != nil {
		return err
	}
	defer owner.Close()
	found, err := store.NewMaintenance(owner).VerifyAudit(s.ctx)
	if err != nil {
		return err
	}
	broken := 0
	for _, p := range found {
		if p.Problem == "unsealed" {
			fmt.Fprintf(s.out, "%s: not sealed yet from row %d on\n", p.Log, p.RowID)
			continue
		}
		broken++
		fmt.Fprintf(s.out, "%s: row %d: %s\n", p.Log, p.RowID, p.Problem)
	}
	if broken > 0 {
		return errors.New("the audit logs were tampered with")
	}
	fmt.Fprintln(s.out, "the audit logs are whole")
	archives, err := store.NewReader(owner).LogArchives(s.ctx)
	if len(archives) > 0 {
		fmt.Fprintf(s.out, "%d months of them are in archives and proven by their hashes; `lyceum archive verify` reads the files\n", len(archives))
	}
	return err
}
