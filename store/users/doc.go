// Package users is the SQL of users, roles and verifications: Reader reads, Tx writes, one file per
// aggregate. It returns the rows of domain/users alone; a statement that reads the columns of another word stands in the package
// store, which embeds what is here. UserColumns and UserList are for rows that are read with others. Begin with users.go.
package users
