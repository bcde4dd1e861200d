package backup

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// LSN is a position in the write-ahead log.
type LSN uint64

// ParseLSN reads a position as PostgreSQL writes it, such as 16/B374D848.
func ParseLSN(text string) (LSN, error) {
	high, low, ok := strings.Cut(text, "/")
	h, err := strconv.ParseUint(high, 16, 32)
	l, err2 := strconv.ParseUint(low, 16, 32)
	if !ok || err != nil || err2 != nil {
		return 0, fmt.Errorf("%q is no position in the log", text)
	}
	return LSN(h<<32 | l), nil
}

// String writes a position as PostgreSQL does.
func (l LSN) String() string { return fmt.Sprintf("%X/%X", uint64(l)>>32, uint64(l)&0xffffffff) }

// MarshalText implements encoding.TextMarshaler.
func (l LSN) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *LSN) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLSN(string(text))
	return err
}

// Segment is one file of the log: its timeline, and its number counted in files.
type Segment struct {
	Timeline uint32
	Number   uint64
}

var segmentForm = regexp.MustCompile(`^[0-9A-F]{24}$`)

// ParseSegment reads the name of a segment; ok is false for other files of the log. size is that of all segments, in bytes.
func ParseSegment(name string, size uint64) (s Segment, ok bool) {
	if !segmentForm.MatchString(name) {
		return s, false
	}
	timeline, _ := strconv.ParseUint(name[:8], 16, 32)
	high, _ := strconv.ParseUint(name[8:16], 16, 32)
	low, _ := strconv.ParseUint(name[16:], 16, 32)
	return Segment{Timeline: uint32(timeline), Number: high*(1<<32/size) + low}, true
}

// Name is the file name of a segment.
func (s Segment) Name(size uint64) string {
	perFile := 1 << 32 / size
	return fmt.Sprintf("%08X%08X%08X", s.Timeline, s.Number/perFile, s.Number%perFile)
}

// SegmentOf is the segment that a position stands in.
func SegmentOf(timeline uint32, at LSN, size uint64) Segment {
	return Segment{Timeline: timeline, Number: uint64(at) / size}
}

// LastSegmentOf is the segment that holds what stands right before a position.
func LastSegmentOf(timeline uint32, at LSN, size uint64) Segment {
	return SegmentOf(timeline, at-1, size)
}

var logFileForm = regexp.MustCompile(`^([0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history)$`)

// IsLogFile reports whether a name is one of those that PostgreSQL archives.
func IsLogFile(name string) bool { return logFileForm.MatchString(name) }

// HistoryName is the file that says where a timeline comes from.
func HistoryName(timeline uint32) string { return fmt.Sprintf("%08X.history", timeline) }

// Branch is the end of a timeline that another one continues.
type Branch struct {
	Timeline uint32
	Until    LSN
}

// ReadHistory reads the file of a timeline's history, the oldest branch first.
func ReadHistory(r io.Reader) (branches []Branch, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		timeline, err := strconv.ParseUint(fields[0], 10, 32)
		if err != nil || len(fields) < 2 {
			return nil, errors.New("the history of a timeline cannot be read")
		}
		until, err := ParseLSN(fields[1])
		if err != nil {
			return nil, err
		}
		branches = append(branches, Branch{Timeline: uint32(timeline), Until: until})
	}
	return branches, lines.Err()
}

// SystemIdentifier reads which cluster a data folder is, a number that initdb made up. It stays the same when it is restored.
func SystemIdentifier(data string) (string, error) {
	f, err := os.Open(filepath.Join(data, "global", "pg_control")) //nolint:gosec // the operator's own folder
	if err != nil {
		return "", err
	}
	defer f.Close()
	var id uint64
	if err := binary.Read(f, binary.NativeEndian, &id); err != nil {
		return "", err
	}
	return strconv.FormatUint(id, 10), nil
}

// KnownTimeline is the newest timeline that the cluster in a data folder has heard of, which is its own unless it was restored to an older
// one on purpose: whoever promotes a cluster writes its history there, and PostgreSQL removes none.
func KnownTimeline(data string) (uint32, error) {
	newest := uint64(1)
	entries, err := os.ReadDir(filepath.Join(data, "pg_wal"))
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".history"); ok && IsLogFile(e.Name()) {
			timeline, _ := strconv.ParseUint(name, 16, 32) // its form was checked
			newest = max(newest, timeline)
		}
	}
	return uint32(newest), err
}
