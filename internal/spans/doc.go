// Package spans tells a collector where the time of a request went: OpenTelemetry
// traces by OTLP over HTTP, in their JSON encoding (OTLP 1.x, "Protobuf-encoded
// JSON"), with trace ids from W3C Trace Context.
//
//	Request ─► Span ─► Start ─► Span … End ─► queue ─► batch ─► POST /v1/traces
//
// A nil *Tracer and a nil *Span do nothing, so whoever is not traced pays for one
// comparison. Nothing waits for the collector: what the queue cannot hold, or the
// collector does not take, is dropped and counted.
//
// Attributes are for names, patterns, ids and numbers that the program itself
// chose. There is no room for what people or applications sent: no URL, no query,
// no header, no error text, no value of a statement.
package spans
