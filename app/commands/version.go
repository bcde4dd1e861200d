package commands

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
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
	fmt.Fprint(s.out, built(info))
	return nil
}

// The version and the commit as `make build` gives them, which knows them in a work tree and for an archive, too, where the Go tool does
// not. They are variables because the linker can set nothing else.
var release, revision string

// built says in four lines what a program is: its version, its commit, the version of Go, and what it runs on.
func built(info *debug.BuildInfo) string {
	commit, changed := "unknown", ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			commit = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			changed = " with changes"
		}
	}
	if revision != "" {
		commit, changed = revision, ""
	}
	return fmt.Sprintf("lyceum %s\ncommit %s%s\n%s\n%s/%s\n", cmp.Or(release, info.Main.Version, "(devel)"), commit, changed, info.GoVersion,
		runtime.GOOS, runtime.GOARCH)
}
