import org.apache.kafka.common.metadata.BeginTransactionRecord;
import org.apache.kafka.common.metadata.BrokerRegistrationChangeRecord;
import org.apache.kafka.common.metadata.EndTransactionRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.metadata.MetadataRecordSerde;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What the controller has registered, read from its own __cluster_metadata as it grows: partition epochs are told nowhere else. */
final class Registered {
    private final Path log;
    private long position = 0;
    private MetadataImage image = MetadataImage.EMPTY;
    private final Map<Integer, Boolean> fenced = new TreeMap<>();
    /** How often each broker was fenced while it was registered. */
    final Map<Integer, Integer> fencings = new TreeMap<>();

    Registered(Path data) {
        log = data.resolve("__cluster_metadata-0").resolve("00000000000000000000.log");
    }

    /** The newest image. */
    MetadataImage image() throws IOException {
        if (!Files.exists(log)) return image;
        MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
        MetadataProvenance last = null;
        // What is only half written yet is read next time.
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(ReplicaFiles.bytes(log, position)).batches()) {
            if (!batch.isControlBatch()) for (Record record : batch) replay(delta, record);
            position += batch.sizeInBytes();
            last = new MetadataProvenance(batch.lastOffset(), batch.partitionLeaderEpoch(), batch.maxTimestamp(), true);
        }
        if (last != null) image = delta.apply(last);
        return image;
    }

    private void replay(MetadataDelta delta, Record record) {
        ApiMessage message = MetadataRecordSerde.INSTANCE.read(new ByteBufferAccessor(record.value()), record.valueSize()).message();
        // A new controller's first records; nothing is registered between.
        if (message instanceof BeginTransactionRecord || message instanceof EndTransactionRecord) return;
        delta.replay(message);
        if (message instanceof RegisterBrokerRecord known) fenced.put(known.brokerId(), known.fenced());
        if (!(message instanceof BrokerRegistrationChangeRecord change) || change.fenced() == 0) return;
        boolean is = change.fenced() > 0;
        // One that has left in order is fenced once more when its session ends.
        if (!Boolean.valueOf(is).equals(fenced.put(change.brokerId(), is)) && is) fencings.merge(change.brokerId(), 1, Integer::sum);
    }
}
