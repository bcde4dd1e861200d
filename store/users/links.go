package users

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
)

var addVerification = sqlkit.Statement(`insert into user_verifications (id, user_id, purpose, target, token_hash, created_at, expires_at)
	values ($1, $2, $3, $4, $5, $6, $7)`)

// AddVerification implements users.Tx.
func (t Tx) AddVerification(ctx context.Context, v *users.Verification, tokenHash []byte) error {
	_, err := t.db.Exec(ctx, addVerification, v.ID, v.UserID, v.Purpose, v.Target, tokenHash, v.CreatedAt, v.ExpiresAt)
	return sqlkit.Wrap(err)
}

var addRegistration = sqlkit.Statement(`update user_verifications set password_hash = $2, first_name = $3, last_name = $4, locale = $5
	where id = $1`)

// AddRegistration implements users.Tx.
func (t Tx) AddRegistration(ctx context.Context, id domain.VerificationID, r *users.Registration) error {
	_, err := t.db.Exec(ctx, addRegistration, id, r.PasswordHash, r.FirstName, r.LastName, r.Locale)
	return sqlkit.Wrap(err)
}

var takeRegistration = sqlkit.Statement(`with had as (select v.id, v.password_hash, v.first_name, v.last_name, v.locale
		from user_verifications v where v.id = $1 and v.password_hash is not null for no key update),
	emptied as (update user_verifications v set password_hash = null, first_name = '', last_name = '' from had where v.id = had.id)
	select h.password_hash, h.first_name, h.last_name, h.locale from had h`)

// TakeRegistration implements users.Tx.
func (t Tx) TakeRegistration(ctx context.Context, id domain.VerificationID) (*users.Registration, error) {
	return sqlkit.Row[users.Registration](ctx, t.db, takeRegistration, id)
}

var newestPending = sqlkit.Statement(`select ` + verificationColumns.All() + ` from user_verifications v
	where v.user_id = $1 and v.purpose = $2 and v.target = $3 and ` + unused + ` order by v.created_at desc, v.id desc limit 1`)

// NewestPending implements users.Tx.
func (t Tx) NewestPending(ctx context.Context, id domain.UserID, purpose users.VerificationPurpose, target string,
) (*users.Verification, error) {
	return sqlkit.Row[users.Verification](ctx, t.db, newestPending, id, purpose, target)
}

const unused = `v.used_at is null and v.expires_at > (select clock_now())`

var voidVerifications = sqlkit.Statement(`update user_verifications v set expires_at = clock_now()
	, password_hash = null, first_name = '', last_name = ''
	where v.user_id = $1 and v.purpose = any($2) and ` + unused)

// VoidVerifications implements users.Tx.
func (t Tx) VoidVerifications(ctx context.Context, id domain.UserID, purposes ...users.VerificationPurpose) error {
	_, err := t.db.Exec(ctx, voidVerifications, id, pq.Array(purposes))
	return sqlkit.Wrap(err)
}

var voidUndone = sqlkit.Statement(`update user_verifications v set expires_at = clock_now()
	where v.user_id = $1 and v.purpose = 'email_undo' and v.created_at >= $2 and ` + unused)

// VoidUndoneSince implements users.Tx.
func (t Tx) VoidUndoneSince(ctx context.Context, id domain.UserID, at time.Time) error {
	_, err := t.db.Exec(ctx, voidUndone, id, at)
	return sqlkit.Wrap(err)
}

var pendingVerification = sqlkit.Statement(`select ` + verificationColumns.All() + ` from user_verifications v
	where v.token_hash = $1 and v.purpose = $2 and ` + unused)

// PendingVerification implements users.Tx.
func (t Tx) PendingVerification(ctx context.Context, tokenHash []byte, purpose users.VerificationPurpose) (*users.Verification, error) {
	return sqlkit.Row[users.Verification](ctx, t.db, pendingVerification, tokenHash, purpose)
}

var countRefusal = sqlkit.Statement(`update user_verifications v set tries = v.tries + 1,
	expires_at = case when v.tries + 1 >= $2 then clock_now() else v.expires_at end
	where v.id = $1 and ` + unused)

// CountRefusal implements users.Tx.
func (t Tx) CountRefusal(ctx context.Context, id domain.VerificationID, most int) error {
	_, err := t.db.Exec(ctx, countRefusal, id, most)
	return sqlkit.Wrap(err)
}

// Of two who use a link at once one waits for the other and finds it used.
var useVerification = sqlkit.Statement(`update user_verifications v set used_at = clock_now()
	where v.token_hash = $1 and v.purpose = $2 and ` + unused + ` returning ` + verificationColumns.All())

// UseVerification implements users.Tx.
func (t Tx) UseVerification(ctx context.Context, tokenHash []byte, purpose users.VerificationPurpose) (*users.Verification, error) {
	return sqlkit.Row[users.Verification](ctx, t.db, useVerification, tokenHash, purpose)
}
