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

// ExamineOutsideJob has the mail server asked, and what else an evaluation of alerts has no time for.
type ExamineOutsideJob struct{}

// Kind names the job in the queue.
func (ExamineOutsideJob) Kind() string { return "examine_outside" }

// VerifySealsJob has the seals of all logs verified.
type VerifySealsJob struct{}

// Kind names the job in the queue.
func (VerifySealsJob) Kind() string { return "verify_seals" }
