// Package metrics counts what happens and tells it to Prometheus.
//
// It owns counters, gauges and histograms with fixed buckets, and their text
// (Prometheus 0.0.4 and OpenMetrics 1.0). Counting costs a few atomic additions
// and allocates nothing. What a value means belongs to those who count.
//
// It refuses to grow: a family holds a bounded number of series, and what comes
// beyond that is counted in one series whose labels all say "other". So nobody
// who sends us names of their own fills our memory, or the monitoring's.
package metrics
