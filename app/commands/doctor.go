package commands

import (
	"encoding/json"
	"errors"
	"fmt"

	"lyceum/app"
	"lyceum/domain/operations"
)

// doctor examines the school and says what is wrong.
type doctor struct {
	JSON     bool `name:"json" help:"Print what was found as JSON."`
	Thorough bool `help:"Also verify the seals of all logs, and look at the certificate that the public sees. It may take minutes."`
}

// errUnwell ends the command with 1; what is wrong was printed.
var errUnwell = errors.New("something is wrong that cannot wait")

// Run prints one line for each finding: level, check, what is wrong, and what to do. It ends with an error if any of them is critical.
func (d doctor) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	database, err := s.open(c, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	if err := database.Complete(c, false); err != nil {
		return err
	}
	depth := operations.Usual
	if d.Thorough {
		depth = operations.Thorough
	}
	health, err := database.Examine(s.ctx, c, depth)
	if err != nil {
		return err
	}
	if d.JSON {
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(health)
	} else {
		tell(s, health)
	}
	for _, f := range health.Findings {
		if f.Level == operations.Critical {
			return errors.Join(err, errUnwell)
		}
	}
	return err
}

func tell(s *session, h *operations.Health) {
	for _, f := range h.Findings {
		fmt.Fprintf(s.out, "%s %s: %s; %s\n", f.Level, f.Check, f.What, f.Remedy)
	}
	if len(h.Findings) == 0 {
		fmt.Fprintf(s.out, "all is well (%d checks)\n", len(h.Checks))
	}
}
