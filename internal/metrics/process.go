package metrics

import (
	"context"
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// process lists what the runtime tells without stopping anything, under the names
// that dashboards for Go programs know.
var process = []struct {
	family Family
	sample string
}{
	{Family{"go_goroutines", "Goroutines that exist.", KindGauge, nil}, "/sched/goroutines:goroutines"},
	{Family{"go_memstats_heap_inuse_bytes", "Bytes of live objects and of dead ones that are not swept yet.", KindGauge, nil}, "/memory/classes/heap/objects:bytes"},
	{Family{"go_memstats_sys_bytes", "Bytes that the runtime has from the system.", KindGauge, nil}, "/memory/classes/total:bytes"},
	{Family{"go_gc_cycles_total", "Garbage collections that are over.", KindCounter, nil}, "/gc/cycles/total:gc-cycles"},
	{Family{"go_gc_cpu_seconds_total", "Processor time of the garbage collection, estimated.", KindCounter, nil}, "/cpu/classes/gc/total:cpu-seconds"},
	{Family{"go_memstats_alloc_bytes_total", "Bytes allocated, freed ones too.", KindCounter, nil}, "/gc/heap/allocs:bytes"},
}

// Process adds what every Go process has to tell. version is the program's own.
func (r *Registry) Process(version string, started time.Time) {
	for _, p := range process {
		r.Read(p.family, func(_ context.Context, emit Emit) {
			s := []metrics.Sample{{Name: p.sample}}
			metrics.Read(s)
			switch s[0].Value.Kind() {
			case metrics.KindUint64:
				emit(float64(s[0].Value.Uint64()))
			case metrics.KindFloat64:
				emit(s[0].Value.Float64())
			}
		})
	}
	r.Read(Family{"process_resident_memory_bytes", "Memory of the process, as the system counts it (Linux only).", KindGauge, nil}, func(_ context.Context, emit Emit) {
		if n, ok := resident(); ok {
			emit(n)
		}
	})
	r.Read(Family{"process_start_time_seconds", "When the process began, Unix time.", KindGauge, nil}, func(_ context.Context, emit Emit) {
		emit(float64(started.Unix()))
	})
	r.Read(Family{"idp_build_info", "Always 1; which program this is.", KindGauge, []string{"version"}}, func(_ context.Context, emit Emit) {
		emit(1, version)
	})
}

func resident() (float64, bool) {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, false
	}
	fields := strings.Fields(string(raw))
	if len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseFloat(fields[1], 64)
	return pages * float64(os.Getpagesize()), err == nil
}
