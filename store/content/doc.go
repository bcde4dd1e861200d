// Package content is the SQL of the catalogue, who may open it, learning, and imports: Reader reads, Tx writes, one file per
// aggregate. It returns the rows of domain/content alone; a statement that reads the columns of another word stands in the package
// store, which embeds what is here. What has an exported name beside Reader and Tx is for rows that are read with others. Begin
// with items.go.
package content
