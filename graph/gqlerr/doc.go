// Package gqlerr is what clients hear of errors: a sentence, a stable extensions.code, the request id. What is not a
// domain error is masked here and written to the log whole. Enter at Presenter.
package gqlerr
