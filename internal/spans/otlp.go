package spans

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
)

// The JSON encoding of opentelemetry.proto.collector.trace.v1: ids are hex, 64-bit
// numbers are texts, enumerations are numbers.
type (
	export struct {
		ResourceSpans []resourceSpans `json:"resourceSpans"`
	}
	resourceSpans struct {
		Resource   resource     `json:"resource"`
		ScopeSpans []scopeSpans `json:"scopeSpans"`
	}
	resource struct {
		Attributes []keyValue `json:"attributes"`
	}
	scopeSpans struct {
		Scope scope      `json:"scope"`
		Spans []wireSpan `json:"spans"`
	}
	scope struct {
		Name string `json:"name"`
	}
	wireSpan struct {
		TraceID    string     `json:"traceId"`
		SpanID     string     `json:"spanId"`
		ParentID   string     `json:"parentSpanId,omitempty"`
		Name       string     `json:"name"`
		Kind       Kind       `json:"kind"`
		Start      string     `json:"startTimeUnixNano"`
		End        string     `json:"endTimeUnixNano"`
		Attributes []keyValue `json:"attributes,omitempty"`
		Status     *status    `json:"status,omitempty"`
	}
	keyValue struct {
		Key   string `json:"key"`
		Value value  `json:"value"`
	}
	value struct {
		Text   *string `json:"stringValue,omitempty"`
		Number *string `json:"intValue,omitempty"`
	}
	status struct {
		Code int `json:"code"`
	}
)

// statusError is STATUS_CODE_ERROR.
const statusError = 2

func text(key, v string) keyValue { return keyValue{key, value{Text: &v}} }

func encode(batch []*Span, version string) []byte {
	spans := make([]wireSpan, 0, len(batch))
	for _, s := range batch {
		spans = append(spans, s.wire())
	}
	body, err := json.Marshal(export{[]resourceSpans{{
		Resource:   resource{[]keyValue{text("service.name", "idp"), text("service.version", version)}},
		ScopeSpans: []scopeSpans{{scope{"idp"}, spans}},
	}}})
	if err != nil {
		panic("spans: a span is plain data: " + err.Error())
	}
	return body
}

func (s *Span) wire() wireSpan {
	w := wireSpan{
		TraceID: hex.EncodeToString(s.trace[:]), SpanID: hex.EncodeToString(s.id[:]), Name: s.name, Kind: s.kind,
		Start: strconv.FormatInt(s.began.UnixNano(), 10), End: strconv.FormatInt(s.began.Add(s.took).UnixNano(), 10),
	}
	if s.parent != [8]byte{} {
		w.ParentID = hex.EncodeToString(s.parent[:])
	}
	for _, a := range s.attributes {
		if a.isNumber {
			n := strconv.FormatInt(a.number, 10)
			w.Attributes = append(w.Attributes, keyValue{a.key, value{Number: &n}})
		} else {
			w.Attributes = append(w.Attributes, text(a.key, a.text))
		}
	}
	if s.failed {
		w.Status = &status{statusError}
	}
	return w
}
