package commands

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// version prints what was built.
type version struct{}

// Run reads what the Go tool wrote into the program; it needs neither settings nor a database.
func (version) Run(s *session) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("this program was built without build information")
	}
	commit, changed := "unknown", ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			commit = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			changed = " with changes"
		}
	}
	fmt.Fprintf(s.out, "lyceum %s\ncommit %s%s\n%s\n", info.Main.Version, commit, changed, info.GoVersion)
	return nil
}
