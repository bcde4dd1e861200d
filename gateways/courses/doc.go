// Package courses reads a folder of Markdown and Jupyter notebooks into plain documents: titles, languages, text, and where
// they point. It writes nothing and knows nothing of the catalogue. Enter at Read.
package courses
