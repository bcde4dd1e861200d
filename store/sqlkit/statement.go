package sqlkit

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"lyceum/db"
)

// Statement declares SQL that is always the same.
func Statement(text string) db.Statement {
	declare(func() []string { return []string{text} })
	return db.NewStatement(text)
}

// Declaration is a variable that makes statements.
type Declaration struct {
	At    string          // file and line
	Forms func() []string // every text that it can send, as far as they differ in more than a number of rows
}

var declared []Declaration // written while packages are initialised, one after another

// Declared returns what all packages of the program have declared.
func Declared() []Declaration { return slices.Clone(declared) }

// declare keeps a declaration. It panics unless a package is being initialised: what is declared later is in no test, and would
// stay in memory.
func declare(forms func() []string) {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, ".init") { // the variable itself, whatever functions helped to make its value
			folder := filepath.Base(filepath.Dir(frame.File))
			at := fmt.Sprintf("%s:%d", filepath.Join(folder, filepath.Base(frame.File)), frame.Line)
			declared = append(declared, Declaration{At: at, Forms: forms})
			return
		}
		if !more {
			panic("sqlkit: a statement is a variable of a package")
		}
	}
}
