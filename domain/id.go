package domain

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Every entity has an id type of its own, so that the compiler notices a plan's id where a user's is wanted. All are
// UUIDs in the database; Kind is the word in front of the 32 digits of the global id.
type (
	UserID         struct{ uuid.UUID }
	RoleID         struct{ uuid.UUID }
	PlanID         struct{ uuid.UUID }
	SubscriptionID struct{ uuid.UUID }
	CategoryID     struct{ uuid.UUID }
	ItemID         struct{ uuid.UUID }
	GrantID        struct{ uuid.UUID }
	SessionID      struct{ uuid.UUID }
	AttemptID      struct{ uuid.UUID }
	EventID        struct{ uuid.UUID }
	AuditID        struct{ uuid.UUID }

	PaymentID        struct{ uuid.UUID }
	ChangeID         struct{ uuid.UUID }
	VerificationID   struct{ uuid.UUID }
	ConsumptionID    struct{ uuid.UUID }
	TokenID          struct{ uuid.UUID }
	RefreshTokenID   struct{ uuid.UUID }
	PasswordChangeID struct{ uuid.UUID }
	MailID           struct{ uuid.UUID }
	AccountRequestID struct{ uuid.UUID }
	JobID            struct{ uuid.UUID }
	BackupID         struct{ uuid.UUID }
	AlertID          struct{ uuid.UUID }
	AlertRuleID      struct{ uuid.UUID }
	RestoreDrillID   struct{ uuid.UUID }
)

// Kind names the entity in a global id.
func (UserID) Kind() string         { return "user" }
func (RoleID) Kind() string         { return "role" }
func (PlanID) Kind() string         { return "plan" }
func (SubscriptionID) Kind() string { return "subscription" }
func (CategoryID) Kind() string     { return "category" }
func (ItemID) Kind() string         { return "item" }
func (GrantID) Kind() string        { return "grant" }
func (SessionID) Kind() string      { return "session" }
func (AttemptID) Kind() string      { return "attempt" }
func (EventID) Kind() string        { return "event" }
func (AuditID) Kind() string        { return "audit" }

func (PaymentID) Kind() string        { return "payment" }
func (ChangeID) Kind() string         { return "change" }
func (VerificationID) Kind() string   { return "verification" }
func (ConsumptionID) Kind() string    { return "consumption" }
func (TokenID) Kind() string          { return "token" }
func (RefreshTokenID) Kind() string   { return "refresh" }
func (PasswordChangeID) Kind() string { return "password" }
func (MailID) Kind() string           { return "mail" }
func (AccountRequestID) Kind() string { return "request" }
func (JobID) Kind() string            { return "job" }
func (BackupID) Kind() string         { return "backup" }
func (AlertID) Kind() string          { return "alert" }
func (AlertRuleID) Kind() string      { return "rule" }
func (RestoreDrillID) Kind() string   { return "drill" }

// TypedID is any of the id types above.
type TypedID interface {
	comparable
	~struct{ uuid.UUID }
	Kind() string
}

// GlobalID is an id as clients send it, before it is known to be of the wanted kind.
type GlobalID struct {
	Kind string
	UUID uuid.UUID
}

// ParseGlobalID reads "<kind>_<32 hex digits>". Errors: INVALID.
func ParseGlobalID(s string) (GlobalID, error) {
	kind, digits, ok := strings.Cut(s, "_")
	if ok && kind != "" && len(digits) == 32 && digits == strings.ToLower(digits) {
		if u, err := uuid.Parse(digits); err == nil {
			return GlobalID{Kind: kind, UUID: u}, nil
		}
	}
	return GlobalID{}, Errorf(CodeInvalid, "an id looks like item_0190c0ffee00700080001234567890ab: a word, an underscore, 32 lower-case "+
		"hex digits")
}

func (g GlobalID) String() string { return g.Kind + "_" + hex.EncodeToString(g.UUID[:]) }

// FormatID writes an id as clients see it.
func FormatID[T TypedID](id T) string {
	return GlobalID{Kind: id.Kind(), UUID: struct{ uuid.UUID }(id).UUID}.String()
}

// AppendID appends an id as clients see it.
func AppendID[T TypedID](b []byte, id T) []byte {
	u := struct{ uuid.UUID }(id).UUID
	return hex.AppendEncode(append(append(b, id.Kind()...), '_'), u[:])
}

// AsID turns a client's id into one of a given kind. Errors: INVALID when it is another kind's.
func AsID[T TypedID](g GlobalID) (T, error) {
	var want T
	if g.Kind != want.Kind() {
		return want, Errorf(CodeInvalid, "this id names a %s, a %s is wanted (%s_…)", g.Kind, want.Kind(), want.Kind())
	}
	return T(struct{ uuid.UUID }{g.UUID}), nil
}

// LogUUID packs a log row's key into the 16 bytes of an id: microseconds of created_at, then the number, so that finding
// the row again touches one partition.
func LogUUID(createdAt time.Time, id int64) uuid.UUID {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:8], uint64(createdAt.UnixMicro()))
	binary.BigEndian.PutUint64(u[8:], uint64(id)) //nolint:gosec // a bit pattern, not a number
	return u
}

// LogKey is the inverse of LogUUID.
func LogKey(u uuid.UUID) (createdAt time.Time, id int64) {
	at, n := binary.BigEndian.Uint64(u[:8]), binary.BigEndian.Uint64(u[8:])
	return time.UnixMicro(int64(at)).UTC(), int64(n) //nolint:gosec // a bit pattern, not a number
}

// IDs hands out fresh UUIDs. Tests hand in a counter.
type IDs func() uuid.UUID

// NewIDs hands out UUIDs of version 7, which sort by creation.
func NewIDs() IDs {
	return func() uuid.UUID { return uuid.Must(uuid.NewV7()) }
}
