package operations

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/store/sqlkit"
)

// What this file does, only the owner may.

var archivableMonths = sqlkit.Statement(`select m.log, m.month::timestamp at time zone 'UTC' as month from archivable_months() m`)

// ArchivableMonths lists the months of logs that are older than their rule, oldest first.
func (m Maintenance) ArchivableMonths(ctx context.Context) ([]operations.LogMonth, error) {
	return sqlkit.Rows[operations.LogMonth](ctx, m.db, archivableMonths)
}

var droppableMonths = sqlkit.Statement(`select m.log, m.month::timestamp at time zone 'UTC' as month from droppable_months() m`)

// DroppableMonths lists the months that were archived long enough ago for their detached tables to go.
func (m Maintenance) DroppableMonths(ctx context.Context) ([]operations.LogMonth, error) {
	return sqlkit.Rows[operations.LogMonth](ctx, m.db, droppableMonths)
}

var logColumns = sqlkit.Statement(`select a.attname::text as name, format_type(a.atttypid, null) as type from pg_attribute a
	where a.attrelid = ('public.' || $1::text)::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`)

// LogColumns lists the columns of a log.
func (m Maintenance) LogColumns(ctx context.Context, log string) ([]operations.LogColumn, error) {
	return sqlkit.Rows[operations.LogColumn](ctx, m.db, logColumns, log)
}

var monthDigest = sqlkit.Statement(`select d.digest from month_digest(month_name($1, $2::date)::regclass) d`)

// MonthDigest is a sum over all that is in the rows of a month.
func (m Maintenance) MonthDigest(ctx context.Context, month operations.LogMonth) (digest []byte, err error) {
	return digest, said(m.db.Get(ctx, &digest, monthDigest, month.Log, day(month)))
}

var monthPage = sqlkit.Statement(`select p from month_page($1, $2::date, $3, $4, $5) p`)

// archivePage is how many rows are read at a time.
const archivePage = 5000

// MonthRows returns a function that reads the rows of a month page by page, each a JSON object; an empty page is the end.
func (m Maintenance) MonthRows(ctx context.Context, month operations.LogMonth) func() ([]json.RawMessage, error) {
	at, id := time.Time{}, int64(0)
	return func() ([]json.RawMessage, error) {
		texts, err := sqlkit.Rows[[]byte](ctx, m.db, monthPage, month.Log, day(month), at, id, archivePage)
		if err != nil || len(texts) == 0 {
			return nil, err
		}
		rows := make([]json.RawMessage, len(texts))
		for i, text := range texts {
			rows[i] = text
		}
		var last struct {
			ID        int64     `json:"id"`
			CreatedAt time.Time `json:"created_at"`
		}
		err = json.Unmarshal(rows[len(rows)-1], &last)
		at, id = last.CreatedAt, last.ID
		return rows, err
	}
}

var closeMonth = sqlkit.Statement(`select close_month($1, $2::date, $3, $4, $5, $6)`)

// CloseMonth takes a month out of its log once its rows are in a file; digest is that of MonthDigest before they were read. Errors:
// CONFLICT when rows changed meanwhile or are not all sealed, TIMEOUT when somebody reads the log for longer than it may wait.
func (m Maintenance) CloseMonth(ctx context.Context, month operations.LogMonth, file string, sums operations.FileSums, digest []byte,
) (rows int64, err error) {
	return rows, said(m.db.Get(ctx, &rows, closeMonth, month.Log, day(month), file, sums.Bytes, sums.SHA256, digest))
}

var dropMonth = sqlkit.Statement(`select drop_month($1, $2::date)`)

// DropMonth drops the detached table of a month.
func (m Maintenance) DropMonth(ctx context.Context, month operations.LogMonth) error {
	_, err := m.db.Exec(ctx, dropMonth, month.Log, day(month))
	return said(err)
}

var archiveOf = sqlkit.Statement(`select ` + archiveColumns + ` from log_archives a where a.log = $1 and a.month = $2::date`)

// ArchiveOf reads what is known of a month's archive; nil when it has none.
func (m Maintenance) ArchiveOf(ctx context.Context, month operations.LogMonth) (*operations.Archive, error) {
	return sqlkit.Row[operations.Archive](ctx, m.db, archiveOf, month.Log, day(month))
}

var checkedArchive = sqlkit.Statement(`update log_archives set checked_at = clock_now() where log = $1 and month = $2::date`)

// NoteArchiveChecked notes that the file of an archive was read and is whole.
func (m Maintenance) NoteArchiveChecked(ctx context.Context, month operations.LogMonth) error {
	_, err := m.db.Exec(ctx, checkedArchive, month.Log, day(month))
	return sqlkit.Wrap(err)
}

var changedRow = sqlkit.Statement(`select changed_row($1, $2::date, $3::jsonb)`)

// ChangedRow names the first of some rows of an archive that is not what was sealed; nil when all are.
func (m Maintenance) ChangedRow(ctx context.Context, month operations.LogMonth, rows []json.RawMessage) (id *int64, err error) {
	return id, said(m.db.Get(ctx, &id, changedRow, month.Log, day(month), page(rows)))
}

var (
	beginRestore  = sqlkit.Statement(`select begin_restore($1, $2::date)`)
	restorePage   = sqlkit.Statement(`select restore_page($1, $2::date, $3::jsonb)`)
	finishRestore = sqlkit.Statement(`select finish_restore($1, $2::date)`)
)

// BeginRestore prepares a month to come back; done reports that its detached table was still there and is part of the log again. Errors:
// CONFLICT when the month is in the database.
func (m Maintenance) BeginRestore(ctx context.Context, month operations.LogMonth) (done bool, err error) {
	return done, said(m.db.Get(ctx, &done, beginRestore, month.Log, day(month)))
}

// RestoreRows puts rows of the file back.
func (m Maintenance) RestoreRows(ctx context.Context, month operations.LogMonth, rows []json.RawMessage) error {
	_, err := m.db.Exec(ctx, restorePage, month.Log, day(month), page(rows))
	return said(err)
}

// FinishRestore gives the month its place in the log again. Errors: CONFLICT when the rows are not those that were archived.
func (m Maintenance) FinishRestore(ctx context.Context, month operations.LogMonth) error {
	_, err := m.db.Exec(ctx, finishRestore, month.Log, day(month))
	return said(err)
}

func day(m operations.LogMonth) string { return m.Month.UTC().Format(time.DateOnly) }

// page is rows as one JSON array.
func page(rows []json.RawMessage) sqlkit.OwnText {
	parts := make([][]byte, len(rows))
	for i, r := range rows {
		parts[i] = r
	}
	return sqlkit.OwnText("[" + string(bytes.Join(parts, []byte(","))) + "]")
}

// said passes on what the functions of the archive say in their own words; everything else is wrapped as usual.
func said(err error) error {
	var e *pq.Error
	if errors.As(err, &e) {
		switch e.Code {
		case "55000", "42P07", "XX001": // object_not_in_prerequisite_state, duplicate_table, data_corrupted
			return sqlkit.Because(err, domain.Errorf(domain.CodeConflict, "%s", e.Message))
		}
	}
	return sqlkit.Wrap(err)
}
