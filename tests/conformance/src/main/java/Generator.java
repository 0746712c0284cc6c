import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random operations, chosen by what the log has come to, and carried out on a Replica as they are chosen. */
final class Generator {
    static final long T0 = 1_700_000_000_000L;

    static final class Producer {
        final long id;
        short epoch;
        int next;
        boolean inTxn;
        Map<String, Object> lastAppend;

        Producer(long id) {
            this.id = id;
        }
    }

    final Random r;
    final String kind;
    final Replica replica;
    final List<Map<String, Object>> ops = new ArrayList<>();
    final List<Producer> producers = new ArrayList<>();
    final boolean compact, restarts, follower, codec, transactions, masked;
    final int tv, keySpace;
    final boolean eagerHw;
    int leaderEpoch = 0;
    boolean ended = false;
    long maxTsSeen = T0;

    Generator(String kind, Random r, Map<String, Object> config, Path base) throws Exception {
        this.r = r;
        this.kind = kind;
        compact = config.get("cleanup.policy").toString().startsWith("compact");
        restarts = kind.startsWith("restart");
        follower = kind.equals("follow");
        codec = kind.endsWith("Codec") || kind.equals("codec");
        transactions = kind.equals("txn");
        masked = kind.equals("compactCodec");
        tv = 1 + r.nextInt(2);
        keySpace = transactions ? 2 + r.nextInt(3) : 3 + r.nextInt(10);
        eagerHw = r.nextInt(3) > 0;
        replica = new Replica(config, T0, base);
        boolean withProducers = transactions || kind.endsWith("Pids") || (!kind.equals("delete") && !kind.equals("compact") && r.nextInt(3) > 0);
        if (withProducers) for (int i = 0; i < 2 + r.nextInt(2); i++) producers.add(new Producer(1000 + i));
    }

    static Map<String, Object> scenario(String kind, long seed, Path base) throws Exception {
        Random r = new Random(seed);
        Map<String, Object> config = switch (kind) {
            case "compact", "compactPids", "restartCompact" -> Configs.compact(r);
            case "txn" -> Configs.transactions(r);
            case "compactCodec" -> Configs.compactCodec(r);
            case "follow" -> r.nextInt(3) == 0 ? Configs.compact(r) : Configs.delete(r);
            default -> Configs.delete(r);
        };
        // A chunk of several batches, or a recovery, would run into a full index, which Kafka does not survive.
        if (kind.equals("follow") || kind.startsWith("restart")) config.remove("segment.index.bytes");
        Map<String, Object> initial = new LinkedHashMap<>(config);
        Generator g = new Generator(kind, r, config, base);
        try {
            g.run(g.transactions ? 110 + r.nextInt(60) : g.compact ? 40 + r.nextInt(31) : 25 + r.nextInt(21));
            return Out.map("name", kind + "-" + seed, "mask", g.masked, "config", initial, "startTime", T0, "ops", g.ops);
        } finally {
            g.replica.close();
        }
    }

    boolean chance(int n) {
        return r.nextInt(n) == 0;
    }

    boolean op(Object... kv) throws Exception {
        Map<String, Object> op = Out.map(kv);
        replica.run(op);
        ops.add(op);
        return !op.containsKey("error");
    }

    boolean run(Map<String, Object> op) throws Exception {
        replica.run(op);
        ops.add(op);
        return !op.containsKey("error");
    }

    void run(int nOps) throws Exception {
        while (ops.size() < nOps && !ended) {
            if (r.nextInt(4) == 0 && producers.stream().anyMatch(p -> p.inTxn)) {
                endTxn();
                continue;
            }
            if (eagerHw && replica.log.highWatermark() < replica.log.logEndOffset() && chance(2)) {
                op("op", "hw", "to", replica.log.logEndOffset());
                continue;
            }
            if (restarts && chance(12)) {
                restart();
                continue;
            }
            if (transactions && chance(9)) {
                cycle();
                continue;
            }
            if (!masked && chance(40)) op("op", "files");
            step();
        }
        if (ended) return;
        op("op", "hw", "to", replica.log.logEndOffset());
        op("op", compact ? "clean" : "retention");
        lookup();
        if (!masked) op("op", "files");
        op("op", "dump");
    }

    void step() throws Exception {
        int x = r.nextInt(100);
        if (x < 38) append();
        else if (x < 50) advance();
        else if (x < 62) op("op", "hw", "to", chance(3) ? boundary(replica.log.highWatermark(), true) : replica.log.logEndOffset());
        else if (x < 74) cleanup();
        else if (x < 80) lookup();
        else if (x < 86) read();
        else if (x < 89) deleteRecords();
        else if (x < 91) op("op", "roll");
        else if (x < (follower ? 96 : 93)) truncate();
        else if (x < 94) { if (!compact) config(); }
        else if (x < 96) op("op", "epoch", "epoch", ++leaderEpoch);
        else if (!producers.isEmpty() && !follower) endTxn();
        else append();
    }

    void cleanup() throws Exception {
        if (!compact) {
            op("op", "retention");
            return;
        }
        if (chance(4) && replica.log.highWatermark() < replica.log.logEndOffset()) op("op", "hw", "to", replica.log.logEndOffset());
        if (chance(4) && replica.log.activeSegment().size() > 0) op("op", "roll");
        op("op", "clean");
    }

    /** All transactions end, and the log is rolled and cleaned: what a marker needs to go. */
    void cycle() throws Exception {
        while (producers.stream().anyMatch(p -> p.inTxn) && chance(2)) endTxn();
        append();
        op("op", "hw", "to", replica.log.logEndOffset());
        op("op", "roll");
        if (chance(2)) advance();
        op("op", "clean");
    }

    String key() {
        if (!compact && chance(3)) return null;
        if (compact && chance(60)) return null;
        return "k" + r.nextInt(keySpace);
    }

    long cfgL(String k, long d) {
        return replica.cfg.containsKey(k) ? Long.parseLong(replica.cfg.get(k).toString()) : d;
    }

    void append() throws Exception {
        if (follower && !chance(6)) {
            follow();
            return;
        }
        Producer p = producers.isEmpty() || chance(3) ? null : producers.get(r.nextInt(producers.size()));
        Map<String, Object> op = Out.map("op", "append");
        if (p != null && p.lastAppend != null && chance(10)) {       // exact retry of the last batch
            op.put("leaderEpoch", leaderEpoch);
            for (String k : List.of("pid", "epoch", "seq", "txn", "records", "bytes"))
                if (p.lastAppend.get(k) != null) op.put(k, p.lastAppend.get(k));
            run(op);
            return;
        }
        if (chance(25)) leaderEpoch += 1 + r.nextInt(2);
        op.put("leaderEpoch", leaderEpoch);
        boolean bad = false;
        if (p != null) {
            if (chance(20)) { p.epoch++; p.next = 0; p.inTxn = false; }
            int seq = p.next;
            short ep = p.epoch;
            if (chance(15)) { seq += 1 + r.nextInt(5); bad = true; }
            else if (chance(25) && ep > 0) { ep--; bad = true; }
            op.put("pid", p.id);
            op.put("epoch", ep);
            op.put("seq", seq);
            op.put("txn", p.inTxn || chance(2));
        }
        int n = records(op);
        if (run(op)) {
            maxTsSeen = Math.max(maxTsSeen, Out.num(op, "maxTs"));
            if (p != null && !bad) {
                p.next = (int) Out.num(op, "seq") + n;
                p.inTxn = Out.is(op, "txn");
                p.lastAppend = op;
            }
        }
    }

    /** Adds the records, or the compressed batch, and says how many records there are. */
    int records(Map<String, Object> op) {
        int n = chance(4) ? 1 + r.nextInt(12) : 1 + r.nextInt(4);
        long now = replica.time.milliseconds();
        long ts = switch (r.nextInt(12)) {
            case 0 -> now - r.nextInt(20_000);
            case 1 -> now - r.nextInt(200_000);
            case 2 -> now + r.nextInt(30_000);
            case 3 -> chance(3) ? now + 3_600_000 + r.nextInt(3) - 1 : now;     // around the default message.timestamp.after.max.ms
            case 4 -> segmentMsEdge(now);
            default -> now;
        };
        List<Object> recs = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            String k = key();
            int len = compact && k != null && chance(6) ? -1 : chance(25) ? r.nextInt(400) : r.nextInt(n > 4 ? 20 : 50);
            recs.add(Arrays.asList(ts, k, len));
            if (chance(3)) ts += r.nextInt(100) - (chance(4) ? 80 : 0);
        }
        if (codec && !chance(4)) op.put("bytes", compressed(op, recs));
        else op.put("records", recs);
        return n;
    }

    static final List<CompressionType> CODECS = List.of(CompressionType.GZIP, CompressionType.SNAPPY, CompressionType.LZ4, CompressionType.ZSTD, CompressionType.NONE);

    String compressed(Map<String, Object> op, List<Object> recs) {
        boolean idem = op.get("pid") != null;
        MemoryRecordsBuilder b = MemoryRecords.builder(ByteBuffer.allocate(1 << 12), RecordBatch.MAGIC_VALUE_V2,
            Compression.of(CODECS.get(r.nextInt(CODECS.size()))).build(), TimestampType.CREATE_TIME, 0L, RecordBatch.NO_TIMESTAMP,
            idem ? (Long) op.get("pid") : -1, idem ? (Short) op.get("epoch") : -1, idem ? (Integer) op.get("seq") : -1,
            idem && Out.is(op, "txn"), RecordBatch.NO_PARTITION_LEADER_EPOCH);
        for (Object o : recs) put(b, (List<?>) o);
        return Out.hex(b.build().buffer());
    }

    void put(MemoryRecordsBuilder b, List<?> x) {
        int len = (Integer) x.get(2);
        byte[] value = len < 0 ? null : new byte[len];
        if (value != null) {
            if (chance(2)) r.nextBytes(value);
            else Arrays.fill(value, (byte) 'v');
        }
        Header[] headers = new Header[chance(5) ? 1 + r.nextInt(2) : 0];
        for (int i = 0; i < headers.length; i++) headers[i] = new RecordHeader("h" + i, chance(4) ? null : new byte[] {1, 2, 3});
        b.append((Long) x.get(0), x.get(1) == null ? null : ((String) x.get(1)).getBytes(StandardCharsets.UTF_8), value, headers);
    }

    long segmentMsEdge(long now) {
        long ms = cfgL("segment.ms", -1);
        LogSegment a = replica.log.activeSegment();
        if (ms < 0 || a.size() == 0) return now;
        try {
            long first = a.getFirstBatchTimestamp();
            return first == Long.MAX_VALUE ? now : first + ms + r.nextInt(2);
        } catch (Exception e) {
            throw new RuntimeException(e);
        }
    }

    /** A chunk as a follower fetches it: one to three batches, of data and markers, now and then with gaps. */
    void follow() throws Exception {
        // A refused chunk can have rolled the log to where it starts; what comes below that would break Kafka's segment.
        long offset = Math.max(replica.log.logEndOffset(), replica.log.activeSegment().baseOffset());
        if (chance(8)) offset += 1 + r.nextInt(5);
        if (chance(30) && offset == replica.log.logEndOffset() && offset > replica.log.activeSegment().baseOffset()) offset -= 1;
        if (chance(12)) leaderEpoch += 1 + r.nextInt(2);
        int room = (int) cfgL("internal.segment.bytes", 1 << 20);
        ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
        int epoch = leaderEpoch;
        for (int n = 1 + r.nextInt(3); n > 0; n--) {
            ByteBuffer batch = fetched(Math.max(0, offset), epoch);
            if (chunk.position() + batch.remaining() > room) break;
            offset = MemoryRecords.readableRecords(batch.duplicate()).batches().iterator().next().nextOffset() + (chance(10) ? 3 : 0);
            chunk.put(batch);
            if (chance(15)) epoch++;                                   // a leader the follower does not know yet
        }
        if (chunk.position() == 0) return;
        chunk.flip();
        run(Out.map("op", "follow", "leaderEpoch", leaderEpoch, "bytes", Out.hex(chunk)));
    }

    ByteBuffer fetched(long offset, int epoch) {
        Producer p = producers.isEmpty() || chance(2) ? null : producers.get(r.nextInt(producers.size()));
        long now = replica.time.milliseconds();
        if (p != null && p.inTxn && chance(2)) {
            p.inTxn = false;
            if (tv == 2) { p.epoch++; p.next = 0; }
            return MemoryRecords.withEndTransactionMarker(offset, now, epoch, p.id, p.epoch,
                new EndTransactionMarker(chance(3) ? ControlRecordType.ABORT : ControlRecordType.COMMIT, 0)).buffer();
        }
        boolean txn = p != null && (p.inTxn || chance(2));
        int n = 1 + r.nextInt(3);
        MemoryRecordsBuilder b = MemoryRecords.builder(ByteBuffer.allocate(1 << 12), RecordBatch.MAGIC_VALUE_V2,
            Compression.of(!compact && chance(3) ? CODECS.get(r.nextInt(4)) : CompressionType.NONE).build(), TimestampType.CREATE_TIME, offset, RecordBatch.NO_TIMESTAMP,
            p == null ? -1 : p.id, p == null ? -1 : p.epoch, p == null ? -1 : p.next, txn, epoch);
        for (int i = 0; i < n; i++) put(b, Arrays.asList(now - (chance(5) ? r.nextInt(20_000) : 0), compact ? "k" + r.nextInt(keySpace) : key(), r.nextInt(40)));
        if (p != null) { p.next += n; p.inTxn = txn; }
        else if (chance(10)) b.overrideLastOffset(offset + n + r.nextInt(3));     // the leader's last records were compacted away
        return b.build().buffer();
    }

    void endTxn() throws Exception {
        List<Producer> open = producers.stream().filter(x -> x.inTxn).toList();
        if (open.isEmpty() || follower) return;
        Producer p = open.get(r.nextInt(open.size()));
        boolean commit = r.nextInt(3) > 0;
        short ep = (short) (tv == 2 ? p.epoch + 1 : p.epoch);
        if (chance(20)) ep = (short) (p.epoch - 1);
        if (ep < 0) ep = p.epoch;
        if (op("op", "endTxn", "leaderEpoch", leaderEpoch, "pid", p.id, "epoch", ep, "commit", commit, "ts", replica.time.milliseconds(), "transactionVersion", tv)) {
            p.inTxn = false;
            if (tv == 2 && ep > p.epoch) { p.epoch = ep; p.next = 0; p.lastAppend = null; }
        }
    }

    /** A batch boundary (or, if beyond, now and then one past the log end) at or after the offset. */
    long boundary(long from, boolean beyond) {
        List<Long> b = new ArrayList<>(List.of(replica.log.logEndOffset()));
        if (beyond && chance(6)) return replica.log.logEndOffset() + 1;
        for (LogSegment s : replica.log.logSegments())
            for (RecordBatch x : s.log().batches()) {
                if (x.baseOffset() >= from) b.add(x.baseOffset());
                if (x.nextOffset() >= from) b.add(x.nextOffset());
            }
        return b.get(r.nextInt(b.size()));
    }

    void advance() throws Exception {
        long ms = switch (r.nextInt(compact ? 7 : 5)) {
            case 0 -> r.nextInt(10);
            case 1 -> r.nextInt(1000);
            case 2 -> r.nextInt(10_000);
            case 3 -> r.nextInt(60_000);
            default -> edge();
        };
        op("op", "advance", "ms", ms);
    }

    /** A step that lands exactly on, or one past, a time limit. */
    long edge() {
        long now = replica.time.milliseconds();
        if (compact && r.nextInt(3) > 0) {             // onto a delete horizon, or one before it
            List<Long> hs = new ArrayList<>();
            for (LogSegment g : replica.log.logSegments())
                for (RecordBatch b : g.log().batches())
                    if (b.deleteHorizonMs().isPresent() && b.deleteHorizonMs().getAsLong() > now) hs.add(b.deleteHorizonMs().getAsLong());
            if (!hs.isEmpty()) return hs.get(r.nextInt(hs.size())) - now - r.nextInt(2);
        }
        long ret = cfgL(!compact ? "retention.ms" : r.nextBoolean() && replica.cfg.containsKey("max.compaction.lag.ms") ? "max.compaction.lag.ms" : "min.compaction.lag.ms", -1);
        List<LogSegment> segs = replica.log.logSegments();
        LogSegment s = segs.get(r.nextInt(Math.min(3, segs.size())));
        try {
            if (ret <= 0 || s.maxTimestampSoFar() < 0) return r.nextInt(5000);
            long d = s.maxTimestampSoFar() + ret + r.nextInt(2) - now;
            return d > 0 && d < 400_000 ? d : r.nextInt(5000);
        } catch (Exception e) {
            throw new RuntimeException(e);
        }
    }

    void deleteRecords() throws Exception {
        long s = replica.log.logStartOffset(), h = replica.log.highWatermark();
        long to = switch (r.nextInt(8)) {
            case 0 -> h + 1;
            case 1 -> h;
            case 2 -> Math.max(0, s - 1);
            default -> s + (long) (r.nextDouble() * (h - s + 1));
        };
        op("op", "deleteRecords", "to", to);
    }

    void truncate() throws Exception {
        long e = replica.log.logEndOffset(), h = replica.log.highWatermark(), s = replica.log.logStartOffset();
        // leaders hand out batch boundaries; now and then an offset inside a batch
        op("op", "truncate", "to", r.nextInt(6) == 0 ? s + (long) (r.nextDouble() * (e - s + 2)) : boundary(chance(4) ? s : h, true));
        if (replica.isHighWatermarkInHole()) op("op", "hw", "to", replica.log.logEndOffset());
        resynchronize();
    }

    /** Producers keep their own idea of the next sequence; what the log forgot, they forget. */
    void resynchronize() {
        Map<Long, Integer> seqs = replica.log.activeProducersWithLastSequence();
        for (Producer p : producers) {
            p.lastAppend = null;
            p.inTxn = replica.log.hasOngoingTransaction(p.id, p.epoch);
            ProducerStateEntry st = replica.log.producerStateManager().activeProducers().get(p.id);
            // An entry without a batch has no epoch; a producer always has one, or its batch can't be built.
            if (st == null || st.producerEpoch() == RecordBatch.NO_PRODUCER_EPOCH) { p.next = 0; continue; }
            p.epoch = st.producerEpoch();
            p.next = seqs.getOrDefault(p.id, -1) + 1;
        }
    }

    void restart() throws Exception {
        String down = Configs.pick(r, List.of("clean", "process", "power"));
        long hw = chance(4) ? boundary(replica.log.logStartOffset(), false) : replica.log.highWatermark();
        long start = replica.log.logStartOffset();
        if (chance(6)) start = 0;
        Map<String, Object> op = Out.map("op", "restart", "shutdown", down);
        if (down.equals("power")) {
            List<Long> bases = new ArrayList<>(List.of(replica.log.logEndOffset()));
            for (RecordBatch b : replica.log.activeSegment().log().batches()) bases.add(b.baseOffset());
            op.put("lostFrom", bases.get(r.nextInt(bases.size())));
            op.put("torn", r.nextInt(3) * r.nextInt(70));
        }
        op.put("start", start);
        op.put("hw", hw);
        try {
            run(op);
        } catch (Invalid e) {
            ended = true;
            return;
        }
        resynchronize();
    }

    void config() throws Exception {
        Map<String, Object> set = new LinkedHashMap<>();
        switch (r.nextInt(4)) {
            case 0 -> set.put("retention.ms", r.nextInt(100_000));
            case 1 -> set.put("retention.bytes", 300 + r.nextInt(5000));
            case 2 -> set.put("internal.segment.bytes", 300 + r.nextInt(1500));
            default -> set.put("segment.ms", 1 + r.nextInt(50_000));
        }
        op("op", "config", "set", set);
    }

    void lookup() throws Exception {
        List<Long> ts = new ArrayList<>(List.of(-1L, -2L, -3L));
        for (int i = 0; i < 4; i++) {
            List<LogSegment> segs = replica.log.logSegments();
            LogSegment s = segs.get(r.nextInt(segs.size()));
            ts.add(switch (r.nextInt(4)) {
                case 0 -> Math.max(0, s.maxTimestampSoFar() + r.nextInt(3) - 1);
                case 1 -> maxTsSeen - r.nextInt(3);
                default -> T0 + (long) (r.nextDouble() * (maxTsSeen - T0 + 2));
            });
        }
        op("op", "lookup", "timestamps", new ArrayList<Object>(ts));
    }

    void read() throws Exception {
        if (replica.isHighWatermarkInHole()) return;
        long s = replica.log.logStartOffset(), e = replica.log.logEndOffset();
        long from = chance(10) ? (r.nextBoolean() ? e + 1 : s - 1) : s + (long) (r.nextDouble() * (e - s + 1));
        FetchIsolation iso = producers.isEmpty() ? (r.nextBoolean() ? FetchIsolation.HIGH_WATERMARK : FetchIsolation.LOG_END)
            : FetchIsolation.values()[r.nextInt(3)];
        op("op", "read", "offset", from, "maxBytes", masked ? 1 << 20 : chance(4) ? 1 : 50 + r.nextInt(3000), "minOneMessage", r.nextInt(3) > 0, "isolation", iso.toString());
    }
}
