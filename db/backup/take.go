package backup

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"lyceum/db"
)

// Taken says what a copy of a cluster is.
type Taken struct {
	System      string    `json:"system"` // identifier of the cluster
	Version     int       `json:"version"`
	Timeline    uint32    `json:"timeline"`
	Start       LSN       `json:"start"` // the log is needed from here on
	Stop        LSN       `json:"stop"`  // and at least until here
	Began       time.Time `json:"began"`
	Ended       time.Time `json:"ended"` // the earliest moment that can be restored
	SegmentSize uint64    `json:"segmentSize"`
	Checksums   bool      `json:"checksums"` // whether pages have them
	Files       int       `json:"files"`
	Bytes       int64     `json:"bytes"`
}

const (
	aboutCluster = `select s.system_identifier::text as system, i.data_page_checksum_version > 0 as checksums,
		i.bytes_per_wal_segment as segment_size, i.database_block_size as page_size,
		current_setting('server_version_num')::int as version, current_setting('archive_mode') as archive_mode,
		(select count(*) from pg_tablespace where spcname not in ('pg_default', 'pg_global')) as tablespaces
		from pg_control_system() s, pg_control_init() i`
	beginCopy = `select pg_backup_start($1, true)::text`
	// The server tells its own time: the end of the copy is compared with the times of commits.
	endCopy = `select s.lsn::text as lsn, s.labelfile as label, s.spcmapfile as map, clock_timestamp() as ended, pg_walfile_name(s.lsn) as file
		from pg_backup_stop(false) s`
	startFile = `select pg_walfile_name($1::pg_lsn), clock_timestamp()`
)

// ErrDamagedPages means that pages of the cluster itself, or of a copy, are not what the server wrote.
var ErrDamagedPages = errors.New("pages are damaged")

// Take writes a copy of the folder of a running cluster to w, as a tar, and has the server close the segment that the copy ends
// in. superuserURL is of the same cluster. Errors: ErrDamagedPages.
func Take(ctx context.Context, superuserURL, data, label string, w io.Writer) (t Taken, err error) {
	server, err := db.Open(ctx, db.Config{URL: superuserURL, Pool: 1, Name: "lyceum backup"})
	if err != nil {
		return t, err
	}
	defer server.Close()
	conn, err := server.Connx(ctx) // a copy ends with the connection that began it
	if err != nil {
		return t, err
	}
	defer conn.Close()
	if err := t.begin(ctx, conn, label); err != nil {
		return t, err
	}
	c := copier{tar: tar.NewWriter(w), data: data, taken: &t}
	if err := c.folder(ctx, "."); err != nil {
		return t, err
	}
	if err := t.end(ctx, conn, c.tar); err != nil {
		return t, err
	}
	if len(c.damaged) > 0 {
		return t, fmt.Errorf("%w in the database itself: %s", ErrDamagedPages, strings.Join(c.damaged, ", "))
	}
	return t, c.tar.Close()
}

func (t *Taken) begin(ctx context.Context, conn *sqlx.Conn, label string) error {
	var about struct {
		System      string `db:"system"`
		Checksums   bool   `db:"checksums"`
		SegmentSize uint64 `db:"segment_size"`
		PageSize    int    `db:"page_size"`
		Version     int    `db:"version"`
		ArchiveMode string `db:"archive_mode"`
		Tablespaces int    `db:"tablespaces"`
	}
	if err := conn.GetContext(ctx, &about, aboutCluster); err != nil {
		return err
	}
	switch {
	case about.ArchiveMode == "off":
		return errors.New("the built-in PostgreSQL runs without archiving its log: a program without LYCEUM_BACKUP started it; restart that " +
			"one with it")
	case about.PageSize != PageSize:
		return fmt.Errorf("this PostgreSQL was built with pages of %d bytes; only %d are supported", about.PageSize, PageSize)
	case about.Tablespaces > 0:
		return errors.New("the cluster has tablespaces, which lie outside its folder; they are not supported")
	}
	t.System, t.Checksums, t.SegmentSize, t.Version = about.System, about.Checksums, about.SegmentSize, about.Version
	var start string
	if err := conn.GetContext(ctx, &start, beginCopy, label); err != nil {
		return err
	}
	var file string
	if err := conn.QueryRowxContext(ctx, startFile, start).Scan(&file, &t.Began); err != nil {
		return err
	}
	segment, ok := ParseSegment(file, t.SegmentSize)
	if !ok {
		return fmt.Errorf("%q is no segment of the log", file)
	}
	t.Timeline, t.Began = segment.Timeline, t.Began.UTC()
	var err error
	t.Start, err = ParseLSN(start)
	return err
}

func (t *Taken) end(ctx context.Context, conn *sqlx.Conn, out *tar.Writer) error {
	var end struct {
		LSN   string    `db:"lsn"`
		Label string    `db:"label"`
		Map   string    `db:"map"`
		Ended time.Time `db:"ended"`
		File  string    `db:"file"`
	}
	if err := conn.GetContext(ctx, &end, endCopy); err != nil {
		return err
	}
	segment, ok := ParseSegment(end.File, t.SegmentSize)
	if !ok || segment.Timeline != t.Timeline {
		return errors.New("the cluster was restored while it was copied")
	}
	t.Ended = end.Ended.UTC()
	var err error
	if t.Stop, err = ParseLSN(end.LSN); err != nil {
		return err
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: "backup_label", Mode: 0o600, Size: int64(len(end.Label)), ModTime: t.Ended}
	if err := out.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.WriteString(out, end.Label)
	return err
}

// emptied are folders of which only the folder itself is copied, and leftOut what is not copied at all, as PostgreSQL's manual
// lists them: they belong to the running server, or are made anew.
var (
	emptied = []string{"pg_wal", "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"}
	leftOut = []string{
		"postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map", "current_logfiles", "postgresql.auto.conf.tmp",
		"backup_manifest", "recovery.signal", "standby.signal",
	}
)

func skipped(at string) bool {
	name := path.Base(at)
	return slices.Contains(leftOut, at) || strings.HasPrefix(name, "pgsql_tmp") || strings.HasPrefix(name, "pg_internal.init")
}

type copier struct {
	tar     *tar.Writer
	data    string
	taken   *Taken
	damaged []string
}

// folder copies a folder; what vanishes meanwhile was dropped, and the log knows of it.
func (c *copier) folder(ctx context.Context, at string) error {
	entries, err := os.ReadDir(filepath.Join(c.data, at))
	if errors.Is(err, fs.ErrNotExist) && at != "." {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := path.Join(at, e.Name())
		switch {
		case skipped(name):
		case e.IsDir():
			if err := c.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o700}); err != nil {
				return err
			}
			if slices.Contains(emptied, name) {
				continue
			}
			if err := c.folder(ctx, name); err != nil {
				return err
			}
		case e.Type().IsRegular():
			if err := c.file(name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		default:
			return fmt.Errorf("%s is neither a file nor a folder; a cluster that was spread over links is not supported", name)
		}
	}
	return nil
}

func (c *copier) file(name string) error {
	f, err := os.Open(filepath.Join(c.data, name)) //nolint:gosec // below the operator's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: size, ModTime: info.ModTime()}
	if err := c.tar.WriteHeader(header); err != nil {
		return err
	}
	c.taken.Files++
	c.taken.Bytes += size
	if name == "global/pg_control" {
		return c.steady(f, size)
	}
	block, pages := firstBlock(name)
	buffer := make([]byte, 32*PageSize)
	for at := int64(0); at < size; {
		part := buffer[:min(int64(len(buffer)), size-at)]
		n, err := f.ReadAt(part, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		clear(part[n:]) // it was cut meanwhile; the log knows of that too
		if pages && c.taken.Checksums {
			c.look(f, name, part[:n], at, block)
		}
		if _, err := c.tar.Write(part); err != nil {
			return err
		}
		at += int64(len(part))
	}
	return nil
}

// look checks the pages of a part. One that the server was writing at this moment is read again.
func (c *copier) look(f *os.File, name string, part []byte, at int64, first uint32) {
	for i := 0; i+PageSize <= len(part); i += PageSize {
		page := part[i : i+PageSize]
		block := first + uint32((at+int64(i))/PageSize) //nolint:gosec // PostgreSQL counts pages in 32 bits
		for try := 0; judge(page, block, c.taken.Start, 0) == pageDamaged; try++ {
			if try == 5 {
				if len(c.damaged) < 10 {
					c.damaged = append(c.damaged, fmt.Sprintf("%s, block %d", name, block))
				}
				break
			}
			time.Sleep(20 * time.Millisecond)
			if n, err := f.ReadAt(page, at+int64(i)); err != nil || n < PageSize {
				break // it was cut meanwhile
			}
		}
	}
}

// steady copies a small file that the server writes over in place: it is read until two reads are the same.
func (c *copier) steady(f *os.File, size int64) error {
	last := make([]byte, size)
	for {
		now := make([]byte, size)
		if _, err := f.ReadAt(now, 0); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if slices.Equal(now, last) {
			_, err := c.tar.Write(now)
			return err
		}
		last = now
	}
}
