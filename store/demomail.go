package store

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/integration"
	"lyceum/store/sqlkit"
)

// demoMail is a message that the demo has written in SQL, which has neither the queue nor the key of links.
type demoMail struct {
	ID             domain.MailID          `db:"id"`
	VerificationID *domain.VerificationID `db:"verification_id"`
}

var demoMails = sqlkit.Statement(`select m.id, m.verification_id from mail_messages m where m.status = 'queued' order by m.id`)

var signLink = sqlkit.Statement(`update user_verifications set token_hash = $2 where id = $1`)

// SendDemoMail gives the messages of a demo school that was just loaded their links, and puts them into the queue.
func (w Writer) SendDemoMail(ctx context.Context, key domain.LinkKey) error {
	return w.inTx(ctx, domain.Actor{}, func(t *Tx) error {
		mails, err := sqlkit.Rows[demoMail](ctx, t.tx, demoMails)
		if err != nil {
			return err
		}
		for _, m := range mails {
			if m.VerificationID != nil {
				if _, err := t.tx.Exec(ctx, signLink, *m.VerificationID, domain.TokenHash(key.Token(*m.VerificationID))); err != nil {
					return sqlkit.Wrap(err)
				}
			}
			if err := t.enqueue(ctx, integration.SendMailJob{MailID: m.ID}, sendOptions()); err != nil {
				return err
			}
		}
		return nil
	})
}
