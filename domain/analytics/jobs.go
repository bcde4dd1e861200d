package analytics

// RefreshJob asks for the materialized views to be worked out again.
type RefreshJob struct{}

// Kind names the job in the queue.
func (RefreshJob) Kind() string { return "refresh_analytics" }
