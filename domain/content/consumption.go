package content

import (
	"time"

	"lyceum/domain"
)

// Consumption is a report of a learner's client as it was logged.
type Consumption struct {
	Number          int64         `db:"id"`
	CreatedAt       time.Time     `db:"created_at"`
	UserID          domain.UserID `db:"user_id"`
	ItemID          domain.ItemID `db:"content_id"`
	Event           ReportKind    `db:"event"`
	Progress        int32         `db:"progress"`
	Seconds         int32         `db:"seconds"`          // that count
	WithheldSeconds int32         `db:"withheld_seconds"` // that were asked for beyond
	PositionSeconds int32         `db:"position_seconds"`
	OccurredAt      time.Time     `db:"occurred_at"` // at most CreatedAt
	BeginsVisit     bool          `db:"begins_visit"`
}

// ID is the report's id. Columns: id, created_at.
func (c *Consumption) ID() domain.ConsumptionID {
	return domain.ConsumptionID{UUID: domain.LogUUID(c.CreatedAt, c.Number)}
}

// ConsumptionFilter narrows the list of reports; nil asks nothing.
type ConsumptionFilter struct {
	UserID       *domain.UserID
	ItemID       *domain.ItemID
	Event        *ReportKind
	Since, Until *time.Time
}
