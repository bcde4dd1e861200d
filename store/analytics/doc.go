// Package analytics is the SQL of figures and activity: Reader reads, and nothing is written; one file per
// aggregate. It returns the rows of domain/analytics alone; a statement that reads the columns of another word stands in the package
// store, which embeds what is here. What has an exported name beside Reader is for rows that are read with others. Begin with metrics.go.
package analytics
