import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.server.util.MockTime;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.apache.kafka.tools.DumpLogSegments;

import kafka.log.LogManager;
import kafka.server.builders.LogManagerBuilder;

import scala.jdk.javaapi.CollectionConverters;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Folders of partitions: ours handed to Kafka's tools and to its LogManager, Kafka's kept for us. */
final class Folders {
    private Folders() { }

    static Object run(Map<String, Object> op, Replica replica) throws Exception {
        Path dir = Path.of((String) op.get("dir"));
        switch ((String) op.get("op")) {
            case "keep" -> keep(op, replica, dir);
            case "load" -> load(op, dir);
            case "unzip" -> unzip(dir, Path.of((String) op.get("zip")));
            default -> dump(op, dir);
        }
        return op;
    }

    /** Stops the log in order and copies its folder, plain and as a zip. */
    private static void keep(Map<String, Object> op, Replica replica, Path dir) throws Exception {
        List<Object> whole = new ArrayList<>();
        for (LogSegment s : replica.log.logSegments())
            for (RecordBatch b : s.log().batches())
                if (!b.isControlBatch())
                    for (Record x : b) whole.add(List.of(x.offset(), x.timestamp(), checksum(x)));
        replica.makeIndexes();
        op.put("whole", whole);
        op.put("end", replica.log.logEndOffset());
        op.put("start", replica.log.logStartOffset());
        replica.log.close();
        Files.createDirectories(dir.resolve("t-0"));
        try (OutputStream o = Files.newOutputStream(dir.resolve("t-0.zip")); ZipOutputStream zip = new ZipOutputStream(o)) {
            for (File f : replica.dir().listFiles()) {
                Files.copy(f.toPath(), dir.resolve("t-0").resolve(f.getName()));
                zip.putNextEntry(new ZipEntry("logs/t-0/" + f.getName()));
                Files.copy(f.toPath(), zip);
                zip.closeEntry();
            }
        }
    }

    private static void unzip(Path dir, Path zip) throws Exception {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry e; (e = in.getNextEntry()) != null; ) {
                Path to = dir.resolve(e.getName()).normalize();
                if (!to.startsWith(dir)) throw new Invalid("a name that leads out: " + e.getName());
                if (e.isDirectory()) continue;
                Files.createDirectories(to.getParent());
                Files.copy(in, to);
            }
        }
    }

    private static long checksum(Record x) {
        CRC32C crc = new CRC32C();
        add(crc, x.key());
        add(crc, x.value());
        for (Header h : x.headers()) {
            add(crc, ByteBuffer.wrap(h.key().getBytes(StandardCharsets.UTF_8)));
            add(crc, h.value() == null ? null : ByteBuffer.wrap(h.value()));
        }
        return crc.getValue();
    }

    private static void add(CRC32C crc, ByteBuffer b) {
        ByteBuffer length = ByteBuffer.allocate(4).putInt(b == null ? -1 : b.remaining());
        length.flip();
        crc.update(length);
        if (b != null) crc.update(b.duplicate());
    }

    /** Loads a log directory as a broker does after a clean and then after an unclean stop. What it logs at WARN or ERROR is a complaint. */
    private static void load(Map<String, Object> op, Path dir) throws Exception {
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true));
        List<Object> states = new ArrayList<>();
        try {
            for (boolean clean : new boolean[] {true, false}) {
                if (clean) new CleanShutdownFileHandler(dir.toString()).write(-1L);
                MockTime time = new MockTime(Out.num(op, "now"), 0);
                LogManager manager = new LogManagerBuilder().setLogDirs(List.of(dir.toFile())).setConfigRepository(resource -> new Properties())
                    .setInitialDefaultConfig(new LogConfig(new HashMap<>(Out.object(op, "config")))).setCleanerConfig(new CleanerConfig(false))
                    .setScheduler(time.scheduler).setBrokerTopicStats(new BrokerTopicStats(false)).setLogDirFailureChannel(new LogDirFailureChannel(4))
                    .setTime(time).setProducerStateManagerConfig(Replica.PID_EXPIRY, false).build();
                manager.startup(CollectionConverters.asScala(Set.of("t")), log -> false);
                for (UnifiedLog log : CollectionConverters.asJava(manager.allLogs())) {
                    List<Object> segs = new ArrayList<>();
                    for (LogSegment s : log.logSegments()) {
                        s.offsetIndex().sanityCheck();
                        s.timeIndex().sanityCheck();
                        s.txnIndex().sanityCheck();
                        segs.add(List.of(s.baseOffset(), s.size(), s.maxTimestampSoFar()));
                    }
                    states.add(Out.map("start", log.logStartOffset(), "end", log.logEndOffset(), "segs", segs,
                        "leaderEpochs", log.leaderEpochCache().epochEntries().stream().map(e -> List.of(e.epoch(), e.startOffset())).toList()));
                    log.closeHandlers();
                }
                for (File f : dir.toFile().listFiles()) if (f.getName().equals(".kafka_cleanshutdown") || f.getName().endsWith(".lock")) f.delete();
            }
        } finally {
            System.setErr(err);
        }
        op.put("states", states);
        op.put("complaints", said.toString().lines().filter(line -> (line.contains("WARN") || line.contains("ERROR")) && !line.contains("log.cleaner.enable")).toList());
    }

    /** DumpLogSegments over every file, and its checks of the indexes. */
    private static void dump(Map<String, Object> op, Path dir) throws Exception {
        List<String> files, indexes;
        try (var w = Files.walk(dir)) {
            List<String> all = w.filter(f -> Files.isRegularFile(f) && !(f.toString().endsWith(".txnindex") && f.toFile().length() == 0)).map(Path::toString).sorted().toList();
            files = all.stream().filter(f -> f.matches(".*\\.(log|snapshot|txnindex|index|timeindex)")).toList();
            indexes = all.stream().filter(f -> f.matches(".*\\.(index|timeindex)")).toList();
        }
        List<String> out = new ArrayList<>(tool("--files", String.join(",", files), "--deep-iteration", "--print-data-log"));
        dropFirstOffsets(out);
        List<String> complaints = out.stream().filter(Folders::isComplaint).collect(Collectors.toCollection(ArrayList::new));
        List<String> sane = tool("--files", String.join(",", indexes), "--index-sanity-check");
        for (String f : indexes)
            if (sane.stream().noneMatch(line -> line.contains(f) && (line.contains("passed sanity check") || line.contains("is empty")))) complaints.add("no sane index: " + f);
        complaints.addAll(sane.stream().filter(Folders::isComplaint).toList());
        complaints.addAll(tool("--files", String.join(",", indexes), "--verify-index-only").stream().filter(Folders::isComplaint).toList());
        op.put("lines", out.size());
        op.put("records", out.stream().filter(line -> line.startsWith("| offset:")).count());
        String prefix = dir + "/";
        op.put("complaints", complaints.stream().map(line -> line.replace(prefix, "")).sorted().toList());
        if (Out.is(op, "show")) op.put("output", out.stream().filter(line -> !isComplaint(line)).map(line -> line.replace(prefix, "")).toList());
    }

    /** The tool finds the first record of any segment but that of offset 0 not to follow offset -1. */
    private static void dropFirstOffsets(List<String> out) {
        out.removeIf(line -> line.startsWith("  -1 is followed by "));
        for (int i = out.size() - 1; i >= 0; i--)
            if (out.get(i).startsWith("Non-consecutive offsets in ") && (i + 1 == out.size() || !out.get(i + 1).contains(" is followed by "))) out.remove(i);
    }

    private static boolean isComplaint(String line) {
        String l = line.toLowerCase();
        return l.contains("mismatch") || l.contains("isvalid: false") || l.contains("out of order") || l.contains("non-consecutive")
            || l.contains("exception") || l.contains("error") || l.contains("invalid") && !l.contains("isvalid: true") || l.contains("no offset found") || l.contains("is followed by") || l.contains("log timestamp:");
    }

    private static List<String> tool(String... args) throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(said, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        try {
            DumpLogSegments.main(args);
        } catch (Exception e) {
            both.println("exception " + e);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
