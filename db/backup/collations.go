package backup

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"lyceum/db"
)

const (
	// Where the order of the database itself changed, every index that follows it may be wrong.
	databaseChanged = `select d.datcollversion is not null and d.datcollversion is distinct from pg_database_collation_actual_version(d.oid)
		from pg_database d where d.datname = current_database()`
	nameIfVersioned = `select case when pg_database_collation_actual_version(d.oid) is null then '' else d.datname end
		from pg_database d where d.datname = current_database()`
	changedCollations = `select quote_ident(n.nspname) || '.' || quote_ident(c.collname) as name,
		pg_collation_actual_version(c.oid) is not null as versioned
		from pg_collation c join pg_namespace n on n.oid = c.collnamespace
		where c.collprovider <> 'd' and c.collversion is not null and c.collversion is distinct from pg_collation_actual_version(c.oid)
		order by 1`
	// Indexes that use a collation that changed, or the one of the database ($1); those of the catalogs follow none that changes.
	dependentIndexes = `select quote_ident(n.nspname) || '.' || quote_ident(c.relname)
		from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
		where n.nspname !~ '^pg_' and c.relkind = 'i' and exists (
			select from unnest(i.indcollation::oid[]) used join pg_collation k on k.oid = used
			 where k.collprovider = 'd' and $1 or k.collprovider <> 'd' and k.collversion is not null
			   and k.collversion is distinct from pg_collation_actual_version(k.oid))
		order by 1`
)

// RefreshCollations compares the versions of the collations that a database's indexes were made with to those of this machine, and
// makes the indexes anew that follow one that changed: with another version texts sort differently, so that they would find nothing.
// It returns their names. ownerURL is of a role that owns the database and its tables. Nobody else should be using it.
func RefreshCollations(ctx context.Context, ownerURL string) (rebuilt []string, err error) {
	d, err := db.Open(ctx, db.Config{URL: ownerURL, Pool: 1, Name: "lyceum restored"})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var whole bool
	if err := d.GetContext(ctx, &whole, databaseChanged); err != nil {
		return nil, err
	}
	var changed []struct {
		Name      string `db:"name"`
		Versioned bool   `db:"versioned"` // whether this machine knows one
	}
	if err := d.SelectContext(ctx, &changed, changedCollations); err != nil {
		return nil, err
	}
	if !whole && len(changed) == 0 {
		return nil, nil
	}
	if err := d.SelectContext(ctx, &rebuilt, dependentIndexes, whole); err != nil {
		return nil, err
	}
	for _, index := range rebuilt {
		if _, err := d.ExecContext(ctx, "reindex index "+index); err != nil {
			return nil, fmt.Errorf("rebuild %s: %w", index, err)
		}
	}
	// Only when all is rebuilt: a restore that breaks off in between finds the same again.
	for _, collation := range changed {
		if !collation.Versioned {
			continue // there is none to note
		}
		if _, err := d.ExecContext(ctx, "alter collation "+collation.Name+" refresh version"); err != nil {
			return rebuilt, err
		}
	}
	if whole {
		err = refreshDatabase(ctx, d.DB)
	}
	return rebuilt, err
}

func refreshDatabase(ctx context.Context, d *sqlx.DB) error {
	var name string
	if err := d.GetContext(ctx, &name, nameIfVersioned); err != nil {
		return err
	}
	if name == "" {
		return nil // this machine knows no version to note
	}
	_, err := d.ExecContext(ctx, "alter database "+pq.QuoteIdentifier(name)+" refresh collation version")
	return err
}

// Promoted returns an error while a server still replays its log.
func Promoted(ctx context.Context, url string) error {
	d, err := db.Open(ctx, db.Config{URL: url, Pool: 1, Name: "lyceum restored"})
	if err != nil {
		return err
	}
	defer d.Close()
	var recovering bool
	if err := d.GetContext(ctx, &recovering, "select pg_is_in_recovery()"); err != nil {
		return err
	}
	if recovering {
		return errors.New("the database is still replaying its log, and takes no writes; wait until it is promoted, and run this again")
	}
	return nil
}
