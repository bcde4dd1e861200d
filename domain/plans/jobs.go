package plans

// SweepJob has the subscriptions swept that are due.
type SweepJob struct{}

// Kind names the job in the queue.
func (SweepJob) Kind() string { return "sweep_subscriptions" }
