package bind

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/domain"
)

func wantInvalid(t *testing.T, name string, err error) {
	t.Helper()
	var told *gqlerror.Error
	if !errors.As(err, &told) || told.Extensions["code"] != "INVALID" || told.Message == "" {
		t.Errorf("%s: %+v", name, err)
	}
}

func TestADateTimeIsAnInstantInUTCToTheMicrosecond(t *testing.T) {
	t.Parallel()
	at := func(year int, month time.Month, day, hour, minute, second, nano int) time.Time {
		return time.Date(year, month, day, hour, minute, second, nano, time.UTC)
	}
	for text, want := range map[string]time.Time{
		"2026-11-24T09:30:00Z":                at(2026, 11, 24, 9, 30, 0, 0),
		"2026-11-24T09:30:00+02:00":           at(2026, 11, 24, 7, 30, 0, 0),
		"2026-11-24T23:30:00-02:00":           at(2026, 11, 25, 1, 30, 0, 0),
		"2026-11-24T09:30:00.123456Z":         at(2026, 11, 24, 9, 30, 0, 123456000),
		"2026-11-24T09:30:00.123456789Z":      at(2026, 11, 24, 9, 30, 0, 123456000),
		"2028-02-29T00:00:00Z":                at(2028, 2, 29, 0, 0, 0, 0),
		"0001-01-01T00:00:00Z":                at(1, 1, 1, 0, 0, 0, 0),
		"9999-12-31T23:59:59.999999999Z":      at(9999, 12, 31, 23, 59, 59, 999999000),
		"9999-12-31T23:59:59.999999999+12:00": at(9999, 12, 31, 11, 59, 59, 999999000),
	} {
		got, err := UnmarshalDateTime(text)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

func TestWhatIsNoDateTimeIsInvalid(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		nil, 7, true, "", "now", "2026-11-24", "2026-11-24T09:30:00", "2026-11-24 09:30:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
		"2026-11-24T24:00:00Z", "2026-11-24T09:60:00Z", "0000-12-31T23:59:59Z", "-0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
		"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", // the offset leads out of the years that can be written
		"2026-11-24T09:30:00Z\x00", "infinity", time.Now(),
	} {
		got, err := UnmarshalDateTime(v)
		wantInvalid(t, "", err)
		if !got.IsZero() {
			t.Errorf("%v is read as %v", v, got)
		}
	}
}

func TestADateTimeComesBackAsItWas(t *testing.T) {
	t.Parallel()
	const first, last = -62135596800000000, 253402300799999999 // the years 1 to 9999 in microseconds
	trip := func(n int64) bool {
		at := time.UnixMicro(first + int64(uint64(n)%uint64(last-first+1)))
		var text string
		if err := json.Unmarshal([]byte(written(MarshalDateTime(at.In(time.FixedZone("", 5400))))), &text); err != nil {
			return false
		}
		back, err := UnmarshalDateTime(text)
		return err == nil && back.Equal(at) && strings.HasSuffix(text, "Z")
	}
	if err := quick.Check(trip, nil); err != nil {
		t.Error(err)
	}
	if !trip(0) || !trip(last-first) {
		t.Error("an edge does not come back")
	}
}

func TestALongIsWhatEveryJSONReaderKeeps(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		int64(9007199254740991), int64(-9007199254740991), int64(0), 7, int32(7), json.Number("9007199254740991"), "9007199254740991", json.Number("-1"),
	} {
		n, err := UnmarshalLong(v)
		if err != nil || n > maxLong || n < -maxLong {
			t.Errorf("%v: %d, %v", v, n, err)
		}
	}
	for _, v := range []any{
		int64(9007199254740992), int64(-9007199254740992), int64(math.MaxInt64), int64(math.MinInt64), json.Number("9007199254740992"),
		json.Number("9223372036854775808"), json.Number("1e3"), json.Number("1.0"), 1.5, true, "", "1.5", "x", "0x10", " 1",
		[]any{},
	} {
		n, err := UnmarshalLong(v)
		wantInvalid(t, "", err)
		if n != 0 {
			t.Errorf("%v is read as %d", v, n)
		}
	}
	trip := func(n int64) bool {
		n %= maxLong + 1
		back, err := UnmarshalLong(json.Number(written(MarshalLong(n))))
		return err == nil && back == n && int64(float64(n)) == n
	}
	if err := quick.Check(trip, nil); err != nil {
		t.Error(err)
	}
}

func TestAUUIDIsReadInItsUsualFormsAndWrittenWithDashes(t *testing.T) {
	t.Parallel()
	want := uuid.MustParse("0190c0ff-ee00-7000-8000-1234567890ab")
	for _, v := range []any{
		"0190c0ff-ee00-7000-8000-1234567890ab", "0190C0FF-EE00-7000-8000-1234567890AB", "0190c0ffee00700080001234567890ab",
		"{0190c0ff-ee00-7000-8000-1234567890ab}", "urn:uuid:0190c0ff-ee00-7000-8000-1234567890ab",
	} {
		got, err := UnmarshalUUID(v)
		if err != nil || got != want || written(MarshalUUID(got)) != `"0190c0ff-ee00-7000-8000-1234567890ab"` {
			t.Errorf("%v: %v, %v", v, got, err)
		}
	}
	for _, v := range []any{
		nil, 7, "", "0190c0ff", "0190c0ff-ee00-7000-8000-1234567890a", "0190c0ff-ee00-7000-8000-1234567890abc",
		"0190c0ff-ee00-7000-8000-1234567890ag", "0190c0ff.ee00.7000.8000.1234567890ab", "0190c0ffee00700080001234567890a\x00",
	} {
		got, err := UnmarshalUUID(v)
		wantInvalid(t, "", err)
		if err == nil {
			t.Errorf("%v is read as %v", v, got)
		}
	}
}

func TestAnIDIsAStringOfAnyKind(t *testing.T) {
	t.Parallel()
	const text = "item_0190c0ffee00700080001234567890ab"
	id, err := UnmarshalID(text)
	if err != nil || id.Kind != "item" || written(MarshalID(id)) != `"`+text+`"` {
		t.Errorf("%+v, %v", id, err)
	}
	for _, v := range []any{nil, 7, true, json.Number("7"), "", "item", text + "0"} {
		id, err := UnmarshalID(v)
		wantInvalid(t, "", err)
		if id != (domain.GlobalID{}) {
			t.Errorf("%v is read as %+v", v, id)
		}
	}
}

func TestJSONStandsAsItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"a":[1,null,"é"]}`, `[]`, `"x"`, `1.50`, `null`} {
		if got := written(MarshalJSON(json.RawMessage(text))); got != text {
			t.Errorf("%s is written %s", text, got)
		}
	}
	for _, none := range []json.RawMessage{nil, {}} {
		if got := written(MarshalJSON(none)); got != "null" {
			t.Errorf("nothing is written %q", got)
		}
	}
	got, err := UnmarshalJSON(map[string]any{"a": []any{json.Number("1.50"), nil}})
	if err != nil || string(got) != `{"a":[1.50,null]}` {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := UnmarshalJSON(func() {}); err == nil {
		t.Error("a function is JSON")
	}
}
