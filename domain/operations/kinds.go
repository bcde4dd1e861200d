package operations

import (
	"slices"
	"time"
)

// Kind describes the jobs of one name.
type Kind struct {
	Name        string
	Description string        // one sentence, for administrators
	Every       time.Duration // how often the program starts one; 0 for jobs that something else asks for
	Long        bool          // it may take long: such jobs run one at a time, beside all others
	RetriedBy   string        // the mutation that tries again what such a job was given up for; empty: retryJob
}

// Kinds are all jobs of the program, by name. A test compares them with the workers of the runner, which takes the periods from here.
var Kinds = []Kind{
	{Name: "account_request", Description: "Works off a registration, a request for a new link or a request for a new password."},
	{Name: "archive_logs", Description: "Takes months of logs that outlived their rule into archives.", Every: 24 * time.Hour, Long: true},
	{Name: "clean_up", Description: "Ends or deletes what ran out: sessions, tokens, keys, old messages.", Every: 10 * time.Minute},
	{Name: "copy_backups", Description: "Brings new files to the place of backups, and the second its copy.", Every: time.Minute},
	{Name: "ensure_partitions", Description: "Makes the partitions of the coming months.", Every: 6 * time.Hour},
	{Name: "evaluate_alerts", Description: "Looks whether anything is wrong, and tells of it by mail.", Every: time.Minute},
	{
		Name: "examine_outside", Description: "Asks the mail server, looks at the public certificate and for known passwords, for alerts.",
		Every: 15 * time.Minute,
	},
	{Name: "forget_old", Description: "Deletes what was kept for as long as its rule says.", Every: 24 * time.Hour, Long: true},
	{Name: "refresh_analytics", Description: "Computes the views of the analytics anew.", Every: 15 * time.Minute},
	{Name: "reindex", Description: "Builds bloated indexes anew, in the hours of the maintenance window.", Every: time.Hour, Long: true},
	{
		Name: "restore_drill", Description: "Restores the newest backup into a scratch folder, weekly and on request.",
		Every: 24 * time.Hour, Long: true,
	},
	{Name: "send_mail", Description: "Sends a message by email.", RetriedBy: "retryMail"},
	{Name: "sweep_subscriptions", Description: "Applies what time brings to subscriptions: grace periods, ends.", Every: time.Minute},
	{Name: "take_backup", Description: "Takes a backup, every day and on request, and reads it back.", Every: 24 * time.Hour, Long: true},
	{Name: "verify_seals", Description: "Verifies the seals of all logs, for alerts.", Every: 24 * time.Hour, Long: true},
}

// KindOf finds a kind; a job of an older or newer program has one of its name alone.
func KindOf(name string) Kind {
	if i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name }); i >= 0 {
		return Kinds[i]
	}
	return Kind{Name: name}
}

// KindNames are the names of all kinds.
func KindNames() []string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = k.Name
	}
	return names
}
