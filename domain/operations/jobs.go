package operations

// ArchiveLogsJob has the months of logs that are older than their rule archived.
type ArchiveLogsJob struct{}

// Kind names the job in the queue.
func (ArchiveLogsJob) Kind() string { return "archive_logs" }

// ForgetOldJob has the rows deleted that were kept for as long as their rule says.
type ForgetOldJob struct{}

// Kind names the job in the queue.
func (ForgetOldJob) Kind() string { return "forget_old" }

// ReindexJob has bloated indexes built anew, in the hours for it.
type ReindexJob struct{}

// Kind names the job in the queue.
func (ReindexJob) Kind() string { return "reindex" }

// EvaluateAlertsJob has the rules of alerts evaluated.
type EvaluateAlertsJob struct{}

// Kind names the job in the queue.
func (EvaluateAlertsJob) Kind() string { return "evaluate_alerts" }
