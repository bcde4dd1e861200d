// Package serve is the endpoint of the graph: how an operation comes in, what it may be at most, and how its answer goes out.
//
//   - transport, events, websocket…: POST and GET, server-sent events, websockets. All of them run the same operation code.
//   - executor, documents, count, validate, refusal: documents are read, counted and validated here, and what is refused is
//     refused in few words.
//   - record: what an operation came to, for the log and the metrics of app/observe.
//   - lookout: whether the session behind a stream lasts. encode: how a response is written.
//   - limits, measure, answers: what an operation may cost, and what its answer may hold.
//   - sdl: the schema as one document.
//
// What does not belong here: how a field is answered (resolvers, graph/rows), what an error says (graph/gqlerr), who is asking
// (auth). The resolvers and what the loaders read from are handed in. Enter at New.
package serve
