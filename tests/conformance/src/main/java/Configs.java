import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random topic configs, small enough that every rule comes into play. */
final class Configs {
    private Configs() { }

    static <T> T pick(Random r, List<T> l) {
        return l.get(r.nextInt(l.size()));
    }

    static Map<String, Object> delete(Random r) {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("cleanup.policy", "delete");
        c.put("internal.segment.bytes", pick(r, List.of(300, 400, 600, 1000, 2000, 4000)));
        c.put("retention.ms", pick(r, List.of(-1L, 0L, 1000L, 10_000L, 60_000L, 100_000L)));
        if (r.nextInt(2) == 0) c.put("retention.bytes", pick(r, List.of(-1, 0, 500, 1500, 3000, 8000)));
        if (r.nextInt(2) == 0) c.put("segment.ms", pick(r, List.of(1L, 500L, 5000L, 30_000L)));
        if (r.nextInt(4) == 0) c.put("message.timestamp.type", "LogAppendTime");
        if (r.nextInt(3) == 0) c.put("index.interval.bytes", pick(r, List.of(0, 1, 100, 1000)));
        if (r.nextInt(6) == 0) {
            c.put("segment.index.bytes", pick(r, List.of(24, 36, 64, 100)));
            c.put("index.interval.bytes", 1);
        }
        if (r.nextInt(6) == 0) c.put("max.message.bytes", pick(r, List.of(100, 200, 400)));
        if (r.nextInt(8) == 0) c.put("message.timestamp.before.max.ms", 100_000L);
        if (r.nextInt(8) == 0) c.put("message.timestamp.after.max.ms", 10_000L);
        return c;
    }

    static Map<String, Object> compact(Random r) {
        Map<String, Object> c = new LinkedHashMap<>();
        boolean both = r.nextInt(3) == 0;
        c.put("cleanup.policy", both ? "compact,delete" : "compact");
        c.put("internal.segment.bytes", pick(r, List.of(250, 400, 600, 1000, 2000)));
        c.put("min.cleanable.dirty.ratio", pick(r, List.of(0.0, 0.01, 0.3, 0.5, 0.9)));
        c.put("delete.retention.ms", pick(r, List.of(0L, 1000L, 5000L, 20_000L)));
        if (both) c.put("retention.ms", pick(r, List.of(-1L, 5000L, 30_000L, 100_000L)));
        if (both && r.nextInt(2) == 0) c.put("retention.bytes", pick(r, List.of(500, 1500, 4000)));
        if (r.nextInt(3) == 0) c.put("min.compaction.lag.ms", pick(r, List.of(1000L, 10_000L)));
        if (r.nextInt(3) == 0) c.put("max.compaction.lag.ms", pick(r, List.of(15_000L, 60_000L)));
        if (r.nextInt(3) == 0) c.put("segment.ms", pick(r, List.of(500L, 5000L, 30_000L)));
        if (r.nextInt(5) == 0) c.put("message.timestamp.type", "LogAppendTime");
        if (r.nextInt(4) == 0) c.put("index.interval.bytes", pick(r, List.of(0, 1, 100)));
        return c;
    }

    /** Cleaned often, horizons soon over: markers come to their end. */
    static Map<String, Object> transactions(Random r) {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("cleanup.policy", "compact");
        c.put("internal.segment.bytes", pick(r, List.of(250, 400, 1000)));
        c.put("min.cleanable.dirty.ratio", 0.0);
        c.put("delete.retention.ms", pick(r, List.of(0L, 10L, 1000L)));
        return c;
    }

    /** One segment at a time, whatever compressed batches weigh. */
    static Map<String, Object> compactCodec(Random r) {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("cleanup.policy", "compact");
        c.put("min.cleanable.dirty.ratio", 0.0);
        c.put("delete.retention.ms", pick(r, List.of(0L, 1000L, 5000L)));
        c.put("index.interval.bytes", 1_000_000);
        return c;
    }
}
