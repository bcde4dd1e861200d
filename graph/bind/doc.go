// Package bind is the dictionary between GraphQL and Go: a type of the schema is the alias of the same name here, enums
// and scalars are Marshal and Unmarshal functions. gqlgen reads it (gqlgen.yml); nothing else configures a type.
package bind
