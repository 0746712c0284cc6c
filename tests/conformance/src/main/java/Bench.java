import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.PreCleanStats;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.utils.Throttler;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The two measures of `ottla log`'s bench, on Kafka's classes: the same batches, the same log at the end. */
final class Bench {
    static final long NOW = 1_700_000_000_000L;

    private Bench() { }

    /** The best of some rounds; those before it have warmed the JVM up. */
    static Object run(Map<String, Object> op, Path base) throws Exception {
        long best = Long.MAX_VALUE;
        Object state = null;
        for (long round = Out.num(op, "rounds"); round > 0; round--) {
            boolean clean = op.get("what").equals("clean");
            Map<String, Object> config = clean
                ? Out.map("cleanup.policy", "compact", "internal.segment.bytes", 16 << 20, "min.cleanable.dirty.ratio", 0.0)
                : Out.map("cleanup.policy", "delete", "internal.segment.bytes", 1 << 20, "retention.bytes", 20 << 20);
            try (Replica replica = new Replica(config, NOW, base)) {
                best = Math.min(best, clean ? clean(replica) : append(replica));
                state = replica.state();
            }
        }
        op.put("ms", best / 1e6);
        op.put("s", state);
        return op;
    }

    /** Batches of records as a producer sends them; record n of all has key n * 7919 mod keys. */
    static List<byte[]> batches(int batches, int records, int keys) {
        List<byte[]> all = new ArrayList<>();
        byte[] value = new byte[100];
        Arrays.fill(value, (byte) 'v');
        long n = 0;
        for (int i = 0; i < batches; i++) {
            MemoryRecordsBuilder b = MemoryRecords.builder(ByteBuffer.allocate(1 << 15), RecordBatch.MAGIC_VALUE_V2, Compression.NONE,
                TimestampType.CREATE_TIME, 0L, RecordBatch.NO_TIMESTAMP, -1, (short) -1, -1, false, -1);
            for (int j = 0; j < records; j++, n++)
                b.append(NOW, String.format("key-%06d", n * 7919 % keys).getBytes(StandardCharsets.UTF_8), value);
            ByteBuffer built = b.build().buffer();
            byte[] bytes = new byte[built.remaining()];
            built.get(bytes);
            all.add(bytes);
        }
        return all;
    }

    /** 100,000 batches of 10 records; after each the high watermark follows, after each thousand retention runs. */
    private static long append(Replica replica) throws Exception {
        List<byte[]> batches = batches(100, 10, 1000);
        long began = System.nanoTime();
        for (int i = 0; i < 100_000; i++) {
            replica.log.appendAsLeader(MemoryRecords.readableRecords(ByteBuffer.wrap(batches.get(i % 100).clone())), 0);
            replica.log.updateHighWatermark(replica.log.logEndOffset());
            if (i % 1000 == 999) replica.log.deleteOldSegments();
        }
        return System.nanoTime() - began;
    }

    /** 1,000,000 records of 100,000 keys, all in closed segments; only the cleaning is timed. The buffers are a broker's. */
    private static long clean(Replica replica) throws Exception {
        for (byte[] batch : batches(10_000, 100, 100_000)) replica.log.appendAsLeader(MemoryRecords.readableRecords(ByteBuffer.wrap(batch)), 0);
        replica.log.updateHighWatermark(replica.log.logEndOffset());
        replica.log.roll();
        Cleaner cleaner = new Cleaner(0, new SkimpyOffsetMap(128 << 20, "MD5"), 512 * 1024 / 2, 1 << 20, 0.9,
            new Throttler(Double.MAX_VALUE, Long.MAX_VALUE, "cleaner-io", "entries", Time.SYSTEM), replica.time, t -> { });
        LogToClean log = replica.manager.grabFilthiestCompactedLog(replica.time, new PreCleanStats()).orElseThrow();
        long began = System.nanoTime();
        long end = cleaner.clean(log).getKey();
        long took = System.nanoTime() - began;
        replica.manager.doneCleaning(replica.tp, replica.root.toFile(), end);
        return took;
    }
}
