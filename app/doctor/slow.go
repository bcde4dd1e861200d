package doctor

import (
	"context"
	"errors"
	"slices"
	"time"

	"lyceum/domain/operations"
)

// ExamineOutside makes the checks that ask others or take a moment, and keeps what they say for examinations that have no time for them:
// the mail server, known passwords, the certificate that the public sees.
func (d Doctor) ExamineOutside(ctx context.Context) error {
	r := &readings{program: d.Program}
	r.ProgramTime = d.Now()
	if d.PingMail != nil {
		r.mailServer = d.PingMail(ctx)
		if ctx.Err() != nil {
			return ctx.Err() // the program ends: that is no answer of the server's
		}
	}
	err := d.keep(ctx, "mail-server", mailServer(r))
	var failed error
	if d.KnownPasswords != nil {
		r.known, failed = d.KnownPasswords(ctx)
	}
	if failed == nil {
		failed = d.keep(ctx, "known-passwords", knownPasswords(r))
	}
	err = errors.Join(err, failed)
	return errors.Join(err, d.seeCertificate(ctx, r))
}

// seeCertificate looks at what a proxy in front shows to the public. One that the program has itself is read every minute. A school that
// does not reach its own public address, as behind some routers, keeps what was seen last: that says nothing of the certificate, and
// `lyceum doctor --thorough` tells of it.
func (d Doctor) seeCertificate(ctx context.Context, r *readings) error {
	if d.Certificate != nil || d.PublicCertificate == nil {
		return d.keep(ctx, "certificate", nil)
	}
	shown, err := d.PublicCertificate(ctx)
	if err != nil || shown == nil {
		return nil //nolint:nilerr // see above
	}
	r.certificate = []Expiry{*shown}
	return d.keep(ctx, "certificate", certificate(r))
}

// VerifySeals verifies the seals of all logs and keeps what that said, unless they were found whole within the time given. A time to
// come is nothing to rely on: a clock was wrong, or somebody wrote it there.
func (d Doctor) VerifySeals(ctx context.Context, unlessWithin time.Duration) error {
	last, err := d.Store.ReadSlowChecks(ctx)
	if err != nil {
		return err
	}
	for _, s := range last {
		age := d.Now().Sub(s.ExaminedAt)
		if s.Name == "seals" && s.Level == nil && age >= 0 && age < unlessWithin {
			return nil
		}
	}
	r := &readings{}
	r.Seals = &operations.SealReading{}
	if r.Seals.Problem, err = d.verify(ctx); err != nil {
		return err
	}
	return d.keep(ctx, "seals", seals(r))
}

// keep keeps what a check said; each of the slow ones says one thing at most.
func (d Doctor) keep(ctx context.Context, check string, found []*operations.Finding) error {
	s := operations.SlowCheck{Name: check}
	if found = named(check, found); len(found) > 0 {
		s.Level, s.What, s.Remedy = &found[0].Level, found[0].What, found[0].Remedy
	}
	return d.Store.KeepSlowCheck(ctx, s)
}

// kept is what a check said when it was last made.
func kept(check string, all []operations.SlowCheck) []*operations.Finding {
	i := slices.IndexFunc(all, func(s operations.SlowCheck) bool { return s.Name == check && s.Level != nil })
	if i < 0 {
		return nil
	}
	return named(check, one(*all[i].Level, all[i].What, all[i].Remedy))
}
