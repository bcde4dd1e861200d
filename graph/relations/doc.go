// Package relations says once how the fields that point at other rows are read: from which type, by which key, through which
// loader. Resolvers answer with these values, and graph/rows reads ahead with the same ones; the generator finds them by
// their names, the type's and the field's.
//
// What does not belong here: guards and rules. Enter at Relation.
package relations
