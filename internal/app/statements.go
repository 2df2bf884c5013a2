package app

import (
	"context"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"idp/internal/spans"
)

// statements makes spans of what PostgreSQL is asked within a request, named for
// verb and table: the text of a statement holds no values, and is long.
type statements struct {
	tracer *spans.Tracer
	names  *sync.Map // by text; none has more than a few lengths, so there are few more than statements in the program
}

// pgxTracer is what the store tells its statements: the surroundings', or ours.
func pgxTracer(o Options, t *spans.Tracer) pgx.QueryTracer {
	if o.Tracer != nil || t == nil {
		return o.Tracer
	}
	return statements{t, &sync.Map{}}
}

// TraceQueryStart implements pgx.QueryTracer.
func (s statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	ctx, span := s.tracer.Below(ctx, s.name(d.SQL), spans.Client)
	span.Set("db.system.name", "postgresql")
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (s statements) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryEndData) {
	end(ctx, d.Err)
}

// TraceBatchStart implements pgx.BatchTracer.
func (s statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	name := "batch"
	if d.Batch != nil && len(d.Batch.QueuedQueries) > 0 {
		name = "batch " + s.name(d.Batch.QueuedQueries[0].SQL)
	}
	ctx, span := s.tracer.Below(ctx, name, spans.Client)
	span.Set("db.system.name", "postgresql")
	if d.Batch != nil {
		span.SetNumber("db.operation.batch.size", int64(d.Batch.Len()))
	}
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (s statements) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (s statements) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchEndData) {
	end(ctx, d.Err)
}

// end ends the span that the start made. It made one if there was one above it, so
// that of the context is never somebody else's; Is makes sure of that.
func end(ctx context.Context, err error) {
	span := spans.Of(ctx)
	if !span.Is(spans.Client) {
		return
	}
	if err != nil {
		span.Fail()
	}
	span.End()
}

// name is verb and table of a statement.
func (s statements) name(sql string) string {
	if n, ok := s.names.Load(sql); ok {
		return n.(string)
	}
	words := strings.Fields(sql)
	name := "statement"
	if len(words) > 0 {
		name = strings.ToUpper(words[0])
	}
	for i, w := range words[:max(0, len(words)-1)] {
		if w = strings.ToUpper(w); w == "FROM" || w == "INTO" || w == "UPDATE" {
			name += " " + strings.Trim(words[i+1], `(),;"`)
			break
		}
	}
	s.names.Store(sql, name)
	return name
}
