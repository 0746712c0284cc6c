import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.util.MockTime;
import org.apache.kafka.storage.internals.log.*;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

import java.io.File;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.zip.CRC32C;

/**
 * One partition's log on real UnifiedLog, LogCleanerManager and Cleaner, under MockTime. Operations
 * come as maps and go back with their results, as in tests/golden/log_scenarios.json.
 *
 * Segment files get the mock clock as modification time after each write, so the wall clock never
 * shows. High watermarks are set at batch boundaries only: one inside a batch, which a broker never
 * has, is snapped down by the first read.
 */
final class Replica implements AutoCloseable {
    static final int TXN_TIMEOUT = 15 * 60 * 1000;
    static final int PID_EXPIRY = 24 * 60 * 60 * 1000;

    final Map<String, Object> cfg;
    final MockTime time;
    final TopicPartition tp = new TopicPartition("t", 0);
    final Path root;
    final LogDirFailureChannel failures = new LogDirFailureChannel(4);
    final ConcurrentMap<TopicPartition, UnifiedLog> logs = new ConcurrentHashMap<>();
    final LogCleanerManager manager;
    final Cleaner cleaner;
    final BrokerTopicStats stats = new BrokerTopicStats(false);
    final Map<Long, Integer> segSizes = new HashMap<>();
    UnifiedLog log;

    Replica(Map<String, Object> config, long startTime, Path base) throws Exception {
        cfg = new LinkedHashMap<>(config);
        time = new MockTime(startTime, 0);
        root = Files.createTempDirectory(base, "s");
        log = open(0, 0, true);
        manager = new LogCleanerManager(List.of(root.toFile()), logs, failures);
        cleaner = new Cleaner(0, new SkimpyOffsetMap(1 << 20, "MD5"), 1 << 16, 1 << 16, 0.9,
            new Throttler(Double.MAX_VALUE, Long.MAX_VALUE, "cleaner-io", "entries", Time.SYSTEM), time, t -> { });
        touch();
    }

    UnifiedLog open(long logStart, long recoveryPoint, boolean clean) throws Exception {
        UnifiedLog l = UnifiedLog.create(dir(), new LogConfig(new HashMap<>(cfg)), logStart, recoveryPoint, time.scheduler, stats, time,
            TXN_TIMEOUT, new ProducerStateManagerConfig(PID_EXPIRY, false), 600000, failures, clean, Optional.empty());
        logs.put(tp, l);
        return l;
    }

    File dir() {
        return root.resolve("t-0").toFile();
    }

    /** File modification times follow the mock clock: the time of the last write to the segment. */
    void touch() throws Exception {
        Map<Long, Integer> now = new HashMap<>();
        for (LogSegment s : log.logSegments()) {
            now.put(s.baseOffset(), s.size());
            Integer before = segSizes.get(s.baseOffset());
            if (before == null || before != s.size()) s.log().file().setLastModified(time.milliseconds());
        }
        segSizes.clear();
        segSizes.putAll(now);
    }

    Map<String, Object> state() throws Exception {
        List<Object> segs = new ArrayList<>();
        for (LogSegment s : log.logSegments()) segs.add(List.of(s.baseOffset(), s.size(), s.maxTimestampSoFar()));
        return Out.map("start", log.logStartOffset(), "end", log.logEndOffset(), "hw", log.highWatermark(), "stable", log.lastStableOffset(), "segs", segs);
    }

    static String exception(Throwable e) {
        if (e instanceof RecordValidationException v) return v.invalidException().getClass().getSimpleName();
        return e.getClass().getSimpleName();
    }

    /** Runs the operation and adds its results, its error and the state after it. */
    void run(Map<String, Object> op) throws Exception {
        try {
            act(op);
        } catch (Invalid | NullPointerException | ClassCastException | IndexOutOfBoundsException e) {
            throw e;
        } catch (RuntimeException e) {
            op.put("error", exception(e));
        }
        op.put("s", state());
    }

    private void act(Map<String, Object> op) throws Exception {
        String kind = (String) op.get("op");
        switch (kind) {
            case "advance" -> {
                time.sleep(Out.num(op, "ms"));
                op.put("now", time.milliseconds());
            }
            case "append" -> append(op);
            case "follow" -> follow(op);
            case "endTxn" -> endTxn(op);
            case "epoch" -> log.assignEpochStartOffset((int) Out.num(op, "epoch"), log.logEndOffset());
            case "hw" -> {
                long to = Out.num(op, "to");
                if (!isBoundary(to)) throw new Invalid("a high watermark inside a batch");
                op.put("hw", log.updateHighWatermark(to));
            }
            case "retention" -> op.put("deletedSegments", log.deleteOldSegments());
            case "roll" -> op.put("newBase", log.roll().baseOffset());
            case "deleteRecords" -> op.put("changed",
                log.maybeIncrementLogStartOffset(Out.num(op, "to"), LogStartOffsetIncrementReason.ClientRecordDeletion));
            case "truncate" -> {
                op.put("truncated", log.truncateTo(Out.num(op, "to")));
                manager.maybeTruncateCheckpoint(root.toFile(), tp, log.activeSegment().baseOffset());
            }
            case "config" -> {
                cfg.putAll(Out.object(op, "set"));
                log.updateConfig(new LogConfig(new HashMap<>(cfg)));
            }
            case "lookup" -> lookup(op);
            case "read" -> read(op);
            case "clean" -> clean(op);
            case "restart" -> restart(op);
            case "files" -> op.put("files", files());
            case "dump" -> {
                dump(op);
                op.put("leaderEpochs", log.leaderEpochCache().epochEntries().stream().map(e -> List.of(e.epoch(), e.startOffset())).toList());
                op.put("producers", producers());
            }
            default -> throw new Invalid("unknown operation " + kind);
        }
        if (!List.of("lookup", "read", "files", "dump", "clean").contains(kind)) touch();
    }

    boolean isBoundary(long offset) {
        if (offset >= log.logEndOffset() || offset <= log.logStartOffset()) return true;
        for (LogSegment s : log.logSegments())
            for (RecordBatch b : s.log().batches())
                if (b.baseOffset() == offset || b.nextOffset() == offset) return true;
        return false;
    }

    /**
     * True if no batch is where the high watermark points, although the log goes on: it was cut inside a batch, or has a gap.
     * The first read would then move the high watermark to what comes next.
     */
    boolean isHighWatermarkInHole() {
        if (log.highWatermark() >= log.logEndOffset()) return false;
        for (LogSegment s : log.logSegments())
            for (RecordBatch b : s.log().batches())
                if (b.lastOffset() >= log.highWatermark()) return b.baseOffset() > log.highWatermark();
        return true;
    }

    /** The batch of an append: as it is, or built from its records. */
    static MemoryRecords batchOf(Map<String, Object> op) {
        if (op.get("bytes") != null) return MemoryRecords.readableRecords(Out.unhex((String) op.get("bytes")));
        boolean idem = op.get("pid") != null;
        long pid = idem ? Out.num(op, "pid") : -1;
        short epoch = idem ? (short) Out.num(op, "epoch") : -1;
        int seq = idem ? (int) Out.num(op, "seq") : -1;
        MemoryRecordsBuilder b = MemoryRecords.builder(ByteBuffer.allocate(1 << 16), RecordBatch.MAGIC_VALUE_V2, Compression.NONE,
            TimestampType.CREATE_TIME, 0L, RecordBatch.NO_TIMESTAMP, pid, epoch, seq, idem && Out.is(op, "txn"), RecordBatch.NO_PARTITION_LEADER_EPOCH);
        for (Object o : Out.list(op, "records")) {
            List<?> x = (List<?>) o;
            int len = ((Number) x.get(2)).intValue();
            b.append(((Number) x.get(0)).longValue(), x.get(1) == null ? null : ((String) x.get(1)).getBytes(StandardCharsets.UTF_8),
                len < 0 ? null : "x".repeat(len).getBytes(StandardCharsets.UTF_8));
        }
        return b.build();
    }

    private void append(Map<String, Object> op) throws Exception {
        MemoryRecords m = batchOf(op);
        op.put("batchSize", m.sizeInBytes());
        try {
            LogAppendInfo i = log.appendAsLeader(m, (int) Out.num(op, "leaderEpoch"));
            op.put("first", i.firstOffset());
            op.put("last", i.lastOffset());
            op.put("maxTs", i.maxTimestamp());
            op.put("logAppendTime", i.logAppendTime());
        } finally {
            touch();
        }
    }

    private void follow(Map<String, Object> op) throws Exception {
        MemoryRecords m = MemoryRecords.readableRecords(Out.unhex((String) op.get("bytes")));
        long end = log.logEndOffset();
        try {
            LogAppendInfo i = log.appendAsFollower(m, (int) Out.num(op, "leaderEpoch"));
            if (log.logEndOffset() > end) {
                op.put("first", i.firstOffset());
                op.put("last", i.lastOffset());
            }
        } finally {
            touch();
        }
    }

    private void endTxn(Map<String, Object> op) throws Exception {
        int leaderEpoch = (int) Out.num(op, "leaderEpoch");
        MemoryRecords m = MemoryRecords.withEndTransactionMarker(0L, Out.num(op, "ts"), leaderEpoch, Out.num(op, "pid"), (short) Out.num(op, "epoch"),
            new EndTransactionMarker(Out.is(op, "commit") ? ControlRecordType.COMMIT : ControlRecordType.ABORT, 0));
        op.put("batchSize", m.sizeInBytes());
        try {
            LogAppendInfo i = log.appendAsLeader(m, leaderEpoch, AppendOrigin.COORDINATOR, RequestLocal.noCaching(), VerificationGuard.SENTINEL,
                (short) Out.num(op, "transactionVersion"));
            op.put("first", i.firstOffset());
            op.put("last", i.lastOffset());
        } finally {
            touch();
        }
    }

    private void lookup(Map<String, Object> op) {
        List<Object> res = new ArrayList<>();
        for (Object o : Out.list(op, "timestamps")) {
            long t = ((Number) o).longValue();
            Optional<FileRecords.TimestampAndOffset> x = log.fetchOffsetByTimestamp(t, Optional.empty()).timestampAndOffsetOpt();
            res.add(x.isEmpty() ? Arrays.asList(t, null, null, null)
                : Arrays.asList(t, x.get().offset, x.get().timestamp, x.get().leaderEpoch.orElse(null)));
        }
        op.put("result", res);
    }

    private void read(Map<String, Object> op) throws Exception {
        if (isHighWatermarkInHole()) throw new Invalid("a high watermark in a hole");
        FetchDataInfo f = log.read(Out.num(op, "offset"), (int) Out.num(op, "maxBytes"),
            FetchIsolation.valueOf((String) op.get("isolation")), Out.is(op, "minOneMessage"));
        List<Object> bs = new ArrayList<>();
        for (RecordBatch b : f.records.batches()) bs.add(List.of(b.baseOffset(), b.lastOffset()));
        op.put("sizeInBytes", f.records.sizeInBytes());
        op.put("batches", bs);
        if (op.get("isolation").equals("TXN_COMMITTED"))
            op.put("aborted", f.abortedTransactions.orElse(List.of()).stream().map(a -> List.of(a.producerId(), a.firstOffset())).toList());
    }

    /** What the cleaner thread does once: pick, clean, then deleteOldSegments. */
    private void clean(Map<String, Object> op) throws Exception {
        Optional<LogToClean> l = manager.grabFilthiestCompactedLog(time, new PreCleanStats());
        if (l.isPresent()) {
            long end = l.get().firstDirtyOffset();
            try {
                end = cleaner.clean(l.get()).getKey();
            } finally {
                manager.doneCleaning(tp, root.toFile(), end);
            }
            op.put("cleaned", Out.map("firstDirty", l.get().firstDirtyOffset(), "firstUncleanable", l.get().firstUncleanableOffset(),
                "cleanableRatio", l.get().cleanableRatio(), "endOffset", end));
        } else {
            op.put("cleaned", null);
        }
        Map<TopicPartition, UnifiedLog> del = manager.deletableLogs();
        int n = 0;
        for (UnifiedLog x : del.values()) n += x.deleteOldSegments();
        manager.doneDeleting(List.copyOf(del.keySet()));
        op.put("deletedSegments", n);
        // a cleaned segment keeps the modification time of its last source segment: leave those times alone
        for (LogSegment s : log.logSegments()) segSizes.put(s.baseOffset(), s.size());
        dump(op);
        touch();
    }

    /** Down and up again. A power loss takes the active segment's batches from an offset on; some of the first may remain. */
    private void restart(Map<String, Object> op) throws Exception {
        String down = (String) op.get("shutdown");
        makeIndexes();
        long recoveryPoint = log.recoveryPoint();
        if (down.equals("clean")) {
            log.close();
            recoveryPoint = log.logEndOffset();
        } else {
            LogSegment active = log.activeSegment();
            File file = active.log().file();
            long cut = -1;
            if (down.equals("power")) {
                long lostFrom = Out.num(op, "lostFrom");
                long position = 0;
                for (RecordBatch b : active.log().batches()) {
                    if (b.lastOffset() >= lostFrom) {
                        cut = position + Math.min(Out.num(op, "torn"), b.sizeInBytes() - 1);
                        break;
                    }
                    position += b.sizeInBytes();
                }
            }
            log.closeHandlers();
            if (cut >= 0) {
                try (RandomAccessFile f = new RandomAccessFile(file, "rw")) {
                    f.setLength(cut);
                }
            }
        }
        try {
            log = open(Out.num(op, "start"), recoveryPoint, down.equals("clean"));
        } catch (RuntimeException e) {
            // Such as InvalidTxnStateException, where DeleteRecords has cut into a transaction: the broker takes the directory offline.
            throw new Invalid("Kafka does not load this log: " + e);
        }
        long hw = Out.num(op, "hw");
        if (!isBoundary(hw)) throw new Invalid("a high watermark inside a batch");
        log.updateHighWatermark(hw);
        op.put("producers", producers());
        touch();
    }

    /**
     * Index files are made when they are first needed. Where that was never (a segment rolled, but not written to), a load
     * would take the segment for damaged and recover it, and tools would stumble.
     */
    void makeIndexes() throws Exception {
        for (LogSegment s : log.logSegments()) {
            s.offsetIndex();
            s.timeIndex();
        }
    }

    private List<Object> producers() {
        TreeMap<Long, Object> rows = new TreeMap<>();
        Map<Long, Integer> seqs = log.activeProducersWithLastSequence();
        log.producerStateManager().activeProducers().forEach((id, e) -> rows.put(id, List.of(id, e.producerEpoch(), seqs.getOrDefault(id, -1),
            e.lastDataOffset(), e.currentTxnFirstOffset().orElse(-1L))));
        return List.copyOf(rows.values());
    }

    private static Object row(String name, byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return List.of(name, bytes.length, crc.getValue());
    }

    /** Name, length and CRC-32C of each file; indexes as far as they have entries. */
    private List<Object> files() throws Exception {
        TreeMap<String, Object> rows = new TreeMap<>();
        Map<String, Integer> entries = new HashMap<>();
        for (LogSegment s : log.logSegments()) {
            entries.put(s.offsetIndex().file().getName(), s.offsetIndex().entries() * 8);
            entries.put(s.timeIndex().file().getName(), s.timeIndex().entries() * 12);
        }
        rows.put("leader-epoch-checkpoint", row("leader-epoch-checkpoint", "0\n0\n".getBytes(StandardCharsets.UTF_8)));
        for (File f : dir().listFiles()) {
            String name = f.getName();
            if (name.equals("partition.metadata") || name.endsWith(".deleted") || name.endsWith(".kafka_cleanshutdown")) continue;
            byte[] bytes = Files.readAllBytes(f.toPath());
            if (entries.containsKey(name)) bytes = Arrays.copyOf(bytes, entries.get(name));
            if (name.endsWith(".txnindex") && bytes.length == 0) continue;
            if (name.equals("leader-epoch-checkpoint") && bytes.length == 0) continue;     // nothing was ever written
            rows.put(name, row(name, bytes));
        }
        return List.copyOf(rows.values());
    }

    private void dump(Map<String, Object> o) {
        List<Object> bs = new ArrayList<>(), rs = new ArrayList<>();
        for (LogSegment s : log.logSegments()) {
            for (RecordBatch b : s.log().batches()) {
                Integer count = b.countOrNull();
                bs.add(Arrays.asList(b.baseOffset(), b.lastOffset(), b.sizeInBytes(), count == null ? -1 : count,
                    b.deleteHorizonMs().orElse(-1), b.producerId(), (b.isTransactional() ? "T" : "") + (b.isControlBatch() ? "C" : "")));
                for (Record x : b) {
                    if (b.isControlBatch()) rs.add(List.of(x.offset(), ControlRecordType.parse(x.key()).toString(), -2));
                    else rs.add(Arrays.asList(x.offset(), x.hasKey() ? StandardCharsets.UTF_8.decode(x.key()).toString() : null, x.hasValue() ? x.valueSize() : -1));
                }
            }
        }
        o.put("batches", bs);
        o.put("records", rs);
    }

    @Override
    public void close() throws Exception {
        try {
            log.close();
        } catch (RuntimeException e) {
            // it was closed before
        }
        stats.close();
        manager.removeMetrics();
        try (var w = Files.walk(root)) {
            for (Path p : w.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
        }
    }
}
