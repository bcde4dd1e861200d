package apptest

import (
	"testing"

	"golang.org/x/crypto/bcrypt"

	"lyceum/db/demo"
)

// Demo starts an app with the demo school in it.
func Demo(t *testing.T, options ...Option) *App {
	t.Helper()
	h := New(t, options...)
	hash, err := bcrypt.GenerateFromPassword([]byte(demo.Password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), h.DB.Owner, string(hash)); err != nil {
		t.Fatal(err)
	}
	return h
}
