package main

import "context"

func poolDrill(context.Context, *bench) error { return nil }
func stopDrill(context.Context, *bench) error { return nil }
