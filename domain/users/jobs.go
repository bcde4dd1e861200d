package users

import "lyceum/domain"

// AccountRequestJob asks for a request to be worked off.
type AccountRequestJob struct {
	RequestID domain.AccountRequestID `json:"requestId"`
}

// Kind names the job in the queue.
func (AccountRequestJob) Kind() string { return "account_request" }
