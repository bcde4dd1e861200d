package content

import (
	"lyceum/db"
	"lyceum/store/sqlkit"
)

var forgetReports = sqlkit.Statement(`delete from consumption_keys where created_at < clock_now() - (select keep_for('consumption_keys'))`)

// Only the owner deletes them: the serving role has no way to make a grant or a denial unheard of.
var forgetGrants = sqlkit.Statement(`delete from user_content_permissions where id in (select g.id from user_content_permissions g
	where least(g.ends_at, g.revoked_at) < clock_now() - (select keep_for('ended_grants')) limit 5000)`)

// Outlived are the statements that delete a batch of rows which were kept for as long as their rule says, by the rule.
func Outlived() map[string]db.Statement {
	return map[string]db.Statement{"ended_grants": forgetGrants}
}

// Expired are the statements that end or delete what ran out, by what it is.
func Expired() map[string]db.Statement {
	return map[string]db.Statement{"consumption_keys": forgetReports}
}
