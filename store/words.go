package store

import (
	"lyceum/db"
	"lyceum/store/analytics"
	"lyceum/store/content"
	"lyceum/store/integration"
	"lyceum/store/operations"
	"lyceum/store/plans"
	"lyceum/store/security"
	"lyceum/store/sqlkit"
	"lyceum/store/users"
)

// What the words have, under names that can stand side by side in a struct.
type (
	usersReader     = users.Reader
	plansReader     = plans.Reader
	contentReader   = content.Reader
	analyticsReader = analytics.Reader
	securityReader  = security.Reader

	integrationReader = integration.Reader
	operationsReader  = operations.Reader

	usersTx    = users.Tx
	plansTx    = plans.Tx
	contentTx  = content.Tx
	securityTx = security.Tx

	integrationTx = integration.Tx
	operationsTx  = operations.Tx

	usersMaintenance     = users.Maintenance
	plansMaintenance     = plans.Maintenance
	analyticsMaintenance = analytics.Maintenance
	securityMaintenance  = security.Maintenance

	integrationMaintenance = integration.Maintenance
	operationsMaintenance  = operations.Maintenance
)

func newReader(q db.Querier, p sqlkit.Projection) Reader {
	return Reader{
		db: q, projection: p,
		usersReader: users.NewReader(q, p), plansReader: plans.NewReader(q, p), contentReader: content.NewReader(q, p),
		analyticsReader: analytics.NewReader(q, p), securityReader: security.NewReader(q, p),
		integrationReader: integration.NewReader(q, p), operationsReader: operations.NewReader(q, p),
	}
}

func (w Writer) newTx(t *db.Tx) *Tx {
	return &Tx{
		tx: t, outbox: w.Outbox,
		usersTx: users.NewTx(t), plansTx: plans.NewTx(t), contentTx: content.NewTx(t), securityTx: security.NewTx(t),
		integrationTx: integration.NewTx(t), operationsTx: operations.NewTx(t),
	}
}

// NewMaintenance keeps house through a pool whose statements may take long.
func NewMaintenance(q db.Querier) Maintenance {
	return Maintenance{
		db: q, usersMaintenance: users.NewMaintenance(q), plansMaintenance: plans.NewMaintenance(q),
		analyticsMaintenance: analytics.NewMaintenance(q),
		securityMaintenance:  security.NewMaintenance(q), integrationMaintenance: integration.NewMaintenance(q),
		operationsMaintenance: operations.NewMaintenance(q),
	}
}

// expired are the statements that end or delete what ran out, by what it is.
func expired() []map[string]db.Statement {
	return []map[string]db.Statement{
		users.Expired(), content.Expired(), security.Expired(), integration.Expired(), operations.Expired(), {"idempotency_keys": forgetOnce},
	}
}

// outlived are the statements that delete what was kept for as long as its rule says, batch by batch, by the rule.
func outlived() []map[string]db.Statement {
	return []map[string]db.Statement{security.Outlived(), content.Outlived()}
}

// Sessions is what auth keeps sessions with, outside of transactions.
type Sessions = security.Sessions

// NewSessions keeps sessions in a pool.
func NewSessions(q db.Querier) Sessions { return security.NewSessions(q) }
