import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.TopicImage;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.PartitionRegistration;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;

/** Entry point: a real cluster, driven by JSON lines on standard input as `ottla cluster` drives ours; `do` takes Ottla's own commands. */
public final class Cluster {
    private static final long PATIENCE_MS = 120_000;

    private final Path dir;
    private Nodes nodes;
    private Registered registered;
    private Clients clients;
    private final TreeSet<String> topics = new TreeSet<>();
    /**
     * Topics whose min.insync.replicas was changed are left in place. 4.3.1 does not take out of brokersToElrs what a ClearElrRecord clears; if such a topic
     * is deleted, the controller fails whenever that broker registers after a crash ("existed in isrMembers, but not in the topics map").
     */
    private final TreeSet<String> kept = new TreeSet<>();
    private int cases = 0;

    private Cluster(Path dir) {
        this.dir = dir;
    }

    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(Path.of(args[0]));
        // Nodes end with this process in any case; so they end sooner.
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::end));
        PrintStream out = System.out;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line; (line = in.readLine()) != null; ) {
                out.println(Out.M.writeValueAsString(cluster.answer(line)));
                out.flush();
            }
        }
        System.exit(0);
    }

    private void end() {
        if (nodes != null) nodes.close();
    }

    @SuppressWarnings("unchecked")
    private Object answer(String line) {
        try {
            Map<String, Object> op = Out.M.readValue(line, Map.class);
            return switch ((String) op.get("op")) {
                case "start" -> start(op);
                case "case" -> begin();
                case "do" -> run(Out.object(op, "command"));
                case "produce" -> {
                    clients.send((String) op.get("producer"), (String) op.get("topic"), Out.list(op, "records"));
                    yield Out.map();
                }
                case "outcomes" -> Out.map("outcomes", clients.outcomes((String) op.get("producer"), Out.num(op, "ms")));
                case "pass" -> {
                    Thread.sleep(Out.num(op, "ms"));
                    yield Out.map();
                }
                case "state" -> state();
                default -> throw new Invalid("no operation: " + line);
            };
        } catch (Exception e) {
            java.io.StringWriter w = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(w));
            return Out.map("invalid", e.toString(), "trace", w.toString());
        }
    }

    /** A new cluster, at rest. */
    @SuppressWarnings("unchecked")
    private Map<String, Object> start(Map<String, Object> op) throws Exception {
        Map<String, String> configs = (Map<String, String>) (Map<?, ?>) Out.object(op, "configs");
        nodes = new Nodes(dir, Path.of(System.getProperty("ottla.archive")), (int) Out.num(op, "brokers"), configs);
        registered = new Registered(nodes.data(Nodes.CONTROLLER));
        nodes.start(Nodes.CONTROLLER);
        for (int id : nodes.brokers()) nodes.start(id);
        awaitBrokers();
        for (int id : nodes.brokers()) {
            if (!nodes.archives(id)) continue;
            nodes.stop(id);
            nodes.awaitEnd(id, 60_000);
            nodes.start(id);
        }
        awaitBrokers();
        return Out.map();
    }

    private void awaitBrokers() throws InterruptedException {
        long until = System.currentTimeMillis() + PATIENCE_MS;
        while (nodes.brokers().stream().anyMatch(this::isFenced)) pause(until);
    }

    private boolean isFenced(int id) {
        try {
            BrokerRegistration known = registered.image().cluster().broker(id);
            return known == null || known.fenced();
        } catch (java.io.IOException e) {
            return true;
        }
    }

    /** Nothing is left of the case before. */
    private Map<String, Object> begin() throws Exception {
        heal();
        if (clients != null) {
            topics.removeAll(kept);
            for (String topic : topics) clients.administer(Out.map("do", "delete-topic", "topic", topic));
            clients.close();
        }
        topics.clear();
        kept.clear();
        registered.fencings.clear();
        clients = new Clients(nodes.bootstrap(), "c" + ++cases + "-");
        return Out.map();
    }

    /** All nodes are back, whatever the case before left. */
    private void heal() throws Exception {
        Map<Integer, Long> started = new TreeMap<>();
        for (int id : nodes.all()) {
            if (nodes.isFrozen(id)) nodes.thaw(id);
            if (nodes.isStopping(id)) nodes.awaitEnd(id, PATIENCE_MS);
            if (nodes.runs(id)) continue;
            BrokerRegistration old = registered.image().cluster().broker(id);
            if (old != null) started.put(id, old.epoch());
            nodes.start(id);
        }
        // One that died a moment ago is registered still, as if it ran.
        long until = System.currentTimeMillis() + PATIENCE_MS;
        for (var broker : started.entrySet()) {
            while (registered.image().cluster().broker(broker.getKey()).epoch() == broker.getValue()) pause(until);
        }
        awaitBrokers();
    }

    private void pause(long until) throws InterruptedException {
        if (System.currentTimeMillis() > until) throw new IllegalStateException("brokers are not up after two minutes; see " + dir);
        Thread.sleep(50);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> run(Map<String, Object> command) throws Exception {
        int broker = command.get("broker") instanceof Number id ? id.intValue() : 0;
        switch ((String) command.get("do")) {
            case "crash-broker" -> nodes.kill(broker);
            case "stop-broker" -> nodes.stop(broker);
            case "start-broker" -> {
                nodes.start(broker);
                // Its log, which is what is read here, has been there all the time.
                if (broker == Nodes.CONTROLLER) clients.awaitController();
            }
            case "freeze-broker" -> nodes.freeze(broker);
            case "thaw-broker" -> nodes.thaw(broker);
            case "lose-disk" -> {
                nodes.kill(broker);
                nodes.wipe(broker);
            }
            case "add-producer" -> clients.addProducer((String) command.get("producer"), (Map<String, String>) command.get("configs"));
            default -> {
                String error = clients.administer(command);
                if (error != null) return Out.map("error", error);
                if (command.get("do").equals("create-topic")) topics.add((String) command.get("topic"));
                if (command.get("do").equals("alter-topic-configs") && command.toString().contains("min.insync.replicas")) kept.add((String) command.get("topic"));
            }
        }
        return Out.map();
    }

    /** All that is compared. */
    private Map<String, Object> state() throws Exception {
        MetadataImage image = registered.image();
        Map<String, Object> brokers = new TreeMap<>();
        for (int id : nodes.brokers()) brokers.put("" + id, Out.map("runs", nodes.runs(id), "fenced", isFenced(id), "fencings", registered.fencings.getOrDefault(id, 0)));
        Map<String, TopicDescription> described = described();
        Map<TopicPartition, Long[]> offsets = offsets(image);
        Map<String, Object> all = new TreeMap<>();
        for (String topic : topics) {
            TopicImage known = image.topics().getTopic(clients.topic(topic));
            List<Object> partitions = new ArrayList<>();
            for (int number : known == null ? List.<Integer>of() : List.copyOf(new TreeSet<>(known.partitions().keySet()))) {
                TopicPartition tp = new TopicPartition(known.name(), number);
                TopicDescription seen = described.get(known.name());
                partitions.add(partition(tp, known.partitions().get(number), seen == null ? null : seen.partitions().get(number), offsets.get(tp)));
            }
            all.put(topic, partitions);
        }
        return Out.map("brokers", brokers, "topics", all);
    }

    /** DescribeTopicPartitions, as long as a broker is there to answer. */
    private Map<String, TopicDescription> described() throws InterruptedException {
        if (topics.isEmpty() || nodes.brokers().stream().allMatch(id -> !nodes.runs(id) || isFenced(id))) return Map.of();
        try {
            return clients.admin.describeTopics(topics.stream().map(clients::topic).toList()).allTopicNames().get();
        } catch (ExecutionException e) {
            return Map.of();
        }
    }

    /** ListOffsets of each partition that has a leader: the earliest and the latest offset. */
    private Map<TopicPartition, Long[]> offsets(MetadataImage image) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> latest = new LinkedHashMap<>(), earliest = new LinkedHashMap<>();
        for (String topic : topics) {
            TopicImage known = image.topics().getTopic(clients.topic(topic));
            if (known == null) continue;
            known.partitions().forEach((number, partition) -> {
                if (partition.leader < 0 || !nodes.runs(partition.leader)) return;
                latest.put(new TopicPartition(known.name(), number), OffsetSpec.latest());
                earliest.put(new TopicPartition(known.name(), number), OffsetSpec.earliest());
            });
        }
        Map<TopicPartition, Long[]> found = new HashMap<>();
        if (latest.isEmpty()) return found;
        var options = new ListOffsetsOptions().timeoutMs(1_000);
        var ends = clients.admin.listOffsets(latest, options);
        var starts = clients.admin.listOffsets(earliest, options);
        for (TopicPartition tp : latest.keySet()) found.put(tp, new Long[] {offset(starts, tp), offset(ends, tp)});
        return found;
    }

    /** Null where there is no answer (yet): a new leader that does not know how far its log is committed gives none. */
    private static Long offset(ListOffsetsResult result, TopicPartition tp) throws InterruptedException {
        try {
            return result.partitionResult(tp).get().offset();
        } catch (ExecutionException e) {
            return null;
        }
    }

    private Map<String, Object> partition(TopicPartition tp, PartitionRegistration known, TopicPartitionInfo seen, Long[] offsets) throws Exception {
        Map<String, Object> logs = new TreeMap<>();
        for (int replica : known.replicas) {
            Map<String, Object> log = ReplicaFiles.read(nodes.data(replica).resolve(tp.toString()));
            // Epochs in which nothing was written are forgotten when a log is loaded: compared while its broker runs.
            if (log != null && !nodes.runs(replica)) log.remove("epochs");
            logs.put("" + replica, log);
        }
        Map<String, Object> told = Out.map("leader", known.leader, "leaderEpoch", known.leaderEpoch, "partitionEpoch", known.partitionEpoch,
            "replicas", list(known.replicas), "isr", sorted(known.isr), "elr", sorted(known.elr), "lastKnownElr", sorted(known.lastKnownElr),
            "adding", sorted(known.addingReplicas), "removing", sorted(known.removingReplicas),
            "start", offsets == null ? null : offsets[0], "end", offsets == null ? null : offsets[1], "logs", logs);
        if (seen == null) return told;
        // What an administrator sees has to be the same; a broker may lag behind for a moment.
        Node leader = seen.leader();
        told.put("leader", leader == null || leader.isEmpty() ? -1 : leader.id());
        told.put("replicas", seen.replicas().stream().map(Node::id).toList());
        told.put("isr", sorted(seen.isr()));
        told.put("elr", sorted(seen.elr()));
        told.put("lastKnownElr", sorted(seen.lastKnownElr()));
        return told;
    }

    private static List<Integer> list(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    private static List<Integer> sorted(int[] ids) {
        return Arrays.stream(ids).sorted().boxed().toList();
    }

    private static List<Integer> sorted(Collection<Node> nodes) {
        return nodes == null ? List.of() : nodes.stream().map(Node::id).sorted().toList();
    }
}
