package doctor

import (
	"strings"

	"lyceum/domain/operations"
)

// The newest major version of PostgreSQL that the tests have run with, as server_version_num has it.
const newestKnown = 190000

func postgresql(r *readings) []*operations.Finding {
	if r.Server.Version >= newestKnown {
		return says(operations.Warning, "watch the log, and tell us how it goes; 15 to 18 are supported",
			"PostgreSQL %d is newer than any that was tried", r.Server.Version/10000)
	}
	return nil
}

func durability(r *readings) (found []*operations.Finding) {
	for _, s := range []struct {
		name, value, danger string
		level               operations.Level
	}{
		{"fsync", r.Server.Fsync, "a loss of power destroys the database", operations.Critical},
		{"full_page_writes", r.Server.FullPageWrites, "a loss of power can leave torn pages", operations.Critical},
		{"synchronous_commit", r.Server.SynchronousCommit, "a crash loses writes that were acknowledged", operations.Warning},
	} {
		if s.value == "off" {
			found = append(found, says(s.level, "set "+s.name+" = on in postgresql.conf and reload", "%s is off: %s", s.name, s.danger)...)
		}
	}
	return found
}

// spareConnections are for psql, backups and a second process that starts while the first one ends.
const spareConnections = 5

func connections(r *readings) []*operations.Finding {
	room := r.Server.MaxConnections - r.Server.Reserved
	switch {
	case r.program.Pool+spareConnections > room:
		return says(operations.Critical, "lower DATABASE_POOL, or raise max_connections in postgresql.conf and restart PostgreSQL",
			"the program takes up to %d connections, and the server gives %d", r.program.Pool, room)
	case r.Server.Connections*10 > room*9:
		return says(operations.Warning,
			"see who holds them: select usename, application_name, state, count(*) from pg_stat_activity group by 1, 2, 3",
			"%d of %d connections are taken", r.Server.Connections, room)
	}
	return nil
}

func walArchive(r *readings) []*operations.Finding {
	s := r.Server
	if s.ArchiveMode == "off" || s.ArchiveFailedAt == nil || s.ArchivedAt != nil && s.ArchivedAt.After(*s.ArchiveFailedAt) {
		return nil
	}
	return says(operations.Critical, "read the server's log for archive_command, and correct it: the disk fills with what waits",
		"the write-ahead log is not archived: %d attempts failed, the last at %s", s.ArchiveFailures, stamp(*s.ArchiveFailedAt))
}

func migrations(r *readings) []*operations.Finding {
	if waiting := missing(r.expected, r.Migrations); len(waiting) > 0 {
		return says(operations.Critical, "run lyceum migrate",
			"%s not run: %s", count(len(waiting), "migration was", "migrations were"), some(waiting))
	}
	if newer := missing(r.Migrations, r.expected); len(newer) > 0 {
		return says(operations.Warning, "put the newer program in place", "the database is newer than this program: it has %s", some(newer))
	}
	return nil
}

func roles(r *readings) (found []*operations.Finding) {
	there := map[string]bool{}
	for _, role := range r.Roles {
		there[role.Role] = true
		var may []string
		if role.Powerful || role.Owns {
			may = append(may, "do whatever the owner may")
		}
		if role.Creates && !role.Owns && !role.Powerful && (r.Public == nil || !r.Public.Creates) {
			may = append(may, "make tables")
		}
		if role.Changes != nil && !role.Owns && !role.Powerful {
			may = append(may, "change "+*role.Changes)
		}
		if len(may) > 0 {
			found = append(found, says(operations.Critical, "take it away in psql with revoke or alter role, then run lyceum migrate",
				"the role %s may %s", role.Role, strings.Join(may, ", and "))...)
		}
	}
	if !there["lyceum_report"] {
		found = append(found, says(operations.Warning, "let a superuser say in psql: create role lyceum_report; then run lyceum migrate",
			"the role lyceum_report does not exist, so that reporting tools cannot sign in")...)
	}
	return found
}

func grants(r *readings) []*operations.Finding {
	var lacking []string
	for _, g := range r.Grants { // what is everybody's is another check's
		if !strings.HasSuffix(g, "is still for everyone") {
			lacking = append(lacking, g)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	return says(operations.Critical, "run lyceum migrate, which grants them",
		"%s missing: %s", count(len(lacking), "privilege is", "privileges are"), some(lacking))
}

func publicRights(r *readings) []*operations.Finding {
	var may []string
	for what, does := range map[string]bool{
		"connect to the database": r.Public.Connects, "make temporary tables in it": r.Public.Temporary, "make tables in it": r.Public.Creates,
	} {
		if does {
			may = append(may, what)
		}
	}
	for _, g := range r.Grants {
		if what, everyones := strings.CutSuffix(g, " is still for everyone"); everyones && strings.Contains(what, "(") {
			may = append(may, "call "+what)
		}
	}
	if len(may) == 0 {
		return nil
	}
	return says(operations.Warning,
		"run lyceum migrate as the database's owner; where that does not help, "+
			"a superuser says what docs/running shows for a PostgreSQL of your own",
		"every role of the server may %s", some(may))
}

func partitions(r *readings) (found []*operations.Finding) {
	for _, p := range r.Partitions {
		switch {
		case p.MonthsAhead < 1:
			found = append(found, says(operations.Critical, "see why the job ensure_partitions fails (jobKinds in the graph)",
				"%s has no partition for the next month", p.Table)...)
		case p.MonthsAhead < 2:
			found = append(found, says(operations.Warning, "see why the job ensure_partitions fails (jobKinds in the graph)",
				"%s has a partition for the next month alone", p.Table)...)
		}
		if p.Stray > 0 {
			found = append(found, says(operations.Warning, "the job ensure_partitions moves them within six hours; if it does not, see why it fails",
				"%s in the default partition of %s", count(p.Stray, "row stands", "rows stand"), p.Table)...)
		}
	}
	return found
}

func collations(r *readings) (found []*operations.Finding) {
	for _, c := range r.Collations {
		actual := "none"
		if c.Actual != nil {
			actual = *c.Actual
		}
		found = append(found, says(operations.Critical,
			"reindex what depends on it (reindex database), then alter database or alter collation … refresh collation version",
			"the collation %s was version %s when indexes were built, and is %s now: they may miss rows", c.Name, c.Built, actual)...)
	}
	return found
}

// What was ended or revoked between a restored moment and the restore is not known to the school any more.
func timeline(r *readings) []*operations.Finding {
	const remedy = "run lyceum restored, which ends all sessions and tokens; with --nothing-lost if it was moved, or a standby took over, " +
		"and lost nothing"
	switch t := r.Timeline; {
	case t == nil || !t.SameCluster:
		return says(operations.Critical, remedy, "the database is in another cluster than the school knows: what was ended there since may be "+
			"open here")
	case t.Timeline != t.Known:
		return says(operations.Critical, remedy, "the database is on timeline %d and the school knows %d: it was restored, or a standby "+
			"took over, and what was ended meanwhile may be open again", t.Timeline, t.Known)
	}
	return nil
}

func deadRows(r *readings) (found []*operations.Finding) {
	for _, t := range r.Tables {
		found = append(found, says(operations.Warning, "say vacuum (analyze) "+t.Table+"; if it comes back, look for transactions that stay open",
			"%s has %d dead rows beside %d live ones: autovacuum does not keep up", t.Table, t.Dead, t.Live)...)
	}
	return found
}

// At two thousand million PostgreSQL stops to take writes.
const dangerousAge = 1_500_000_000

func transactionIDs(r *readings) []*operations.Finding {
	switch age := r.Wraparound.Age; {
	case age > dangerousAge:
		return says(operations.Critical,
			"say vacuum in this database as a superuser now, and look for transactions and replication slots that stay open",
			"the oldest transaction is %d million transactions old; at 2,000 million PostgreSQL takes no more writes", age/1_000_000)
	case age > 3*r.Wraparound.Max:
		return says(operations.Warning, "look for transactions and replication slots that stay open; say vacuum",
			"the oldest transaction is %d million transactions old: autovacuum does not keep up", age/1_000_000)
	}
	return nil
}
