package integration

import (
	"context"

	"lyceum/store/sqlkit"
)

var mailByStatus = sqlkit.Statement(`select m.status as name, count(*) as rows from mail_messages m group by m.status`)

// MailByStatus counts the messages that are kept: those of the last 30 days, and those that wait.
func (m Maintenance) MailByStatus(ctx context.Context) (map[string]int64, error) {
	return sqlkit.Counts(ctx, m.db, mailByStatus)
}
