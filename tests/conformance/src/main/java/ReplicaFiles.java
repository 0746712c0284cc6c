import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One replica as it lies on its broker's disk, whether the broker runs or not. */
final class ReplicaFiles {
    private ReplicaFiles() { }

    /** Log end, leader epochs and records; null where the broker has no such folder. */
    static Map<String, Object> read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return null;
        List<Path> segments;
        try (var files = Files.list(folder)) {
            segments = files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        }
        long end = 0;
        List<Object> records = new ArrayList<>();
        for (Path segment : segments) {
            end = Math.max(end, Long.parseLong(segment.getFileName().toString().substring(0, 20)));
            for (RecordBatch batch : MemoryRecords.readableRecords(bytes(segment, 0)).batches()) {
                for (Record record : batch) records.add(row(batch, record));
                end = batch.lastOffset() + 1;
            }
        }
        return Out.map("end", end, "epochs", epochs(folder), "records", records);
    }

    /** A file that a broker may be writing to, from a position on. Kafka's own FileRecords would cut it when it is closed. */
    static ByteBuffer bytes(Path file, long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, channel.size() - position));
            while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) { }
            return bytes.flip();
        }
    }

    /** Offset, leader epoch, key, value, producer epoch, sequence. A producer's id is the cluster's own business. */
    private static List<Object> row(RecordBatch batch, Record record) {
        List<Object> row = new ArrayList<>(List.of(record.offset(), batch.partitionLeaderEpoch()));
        row.add(text(record.key()));
        row.add(text(record.value()));
        row.add(batch.producerEpoch());
        row.add(record.sequence());
        return row;
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static List<Object> epochs(Path folder) throws IOException {
        Path checkpoint = folder.resolve("leader-epoch-checkpoint");
        List<Object> epochs = new ArrayList<>();
        if (!Files.exists(checkpoint)) return epochs;
        // A version, a count, then an epoch and its first offset a line.
        for (String line : Files.readAllLines(checkpoint).stream().skip(2).toList()) {
            String[] parts = line.split(" ");
            epochs.add(List.of(Long.parseLong(parts[0]), Long.parseLong(parts[1])));
        }
        return epochs;
    }
}
