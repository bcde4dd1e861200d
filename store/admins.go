package store

import (
	"context"

	"lyceum/db"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
	usersql "lyceum/store/users"
)

// Admins makes administrators, each decision in one transaction.
type Admins struct{ DB *db.DB }

// MakeFirst makes an account with the role admin if no administrator can sign in and the address has no account.
func (a Admins) MakeFirst(ctx context.Context, email, passwordHash string) (outcome users.FirstAdmin, err error) {
	err = a.DB.InTx(ctx, db.Origin{}, func(t *db.Tx) (err error) {
		outcome, err = usersql.NewAdmins(t).MakeFirst(ctx, email, passwordHash)
		return err
	})
	return outcome, sqlkit.Wrap(err)
}

// Make gives the account of an address the role admin, or makes such an account. It returns the account that was there
// before, nil if it made one. Errors: users.ErrAccountExists.
func (a Admins) Make(ctx context.Context, email, passwordHash string, wish users.AdminPassword) (found *users.AdminAccount, err error) {
	err = a.DB.InTx(ctx, db.Origin{}, func(t *db.Tx) (err error) {
		found, err = usersql.NewAdmins(t).Make(ctx, email, passwordHash, wish)
		return err
	})
	return found, sqlkit.Wrap(err)
}
