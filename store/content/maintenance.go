package content

import (
	"lyceum/db"
	"lyceum/store/sqlkit"
)

var forgetReports = sqlkit.Statement(`delete from consumption_keys where created_at < clock_now() - interval '30 days'`)

// Expired are the statements that end or delete what ran out, by what it is.
func Expired() map[string]db.Statement {
	return map[string]db.Statement{"consumption_keys": forgetReports}
}
