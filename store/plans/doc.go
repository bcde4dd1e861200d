// Package plans is the SQL of plans, subscriptions, changes and payments: Reader reads, Tx writes, one file per
// aggregate. It returns the rows of domain/plans alone; a statement that reads the columns of another word stands in the package
// store, which embeds what is here. PlanColumns and HoldingColumns are for rows that are read with others. Begin with plans.go.
package plans
