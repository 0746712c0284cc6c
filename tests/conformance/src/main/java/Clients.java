import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringSerializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The administrator and the producers of a case. Topics have the case's prefix here, and none where they are told of. */
final class Clients implements AutoCloseable {
    private final String bootstrap;
    private final String prefix;
    final Admin admin;
    private final Map<String, Sender> senders = new TreeMap<>();

    Clients(String bootstrap, String prefix) {
        this.bootstrap = bootstrap;
        this.prefix = prefix;
        Properties p = new Properties();
        p.putAll(Map.of("bootstrap.servers", bootstrap, "request.timeout.ms", "3000", "default.api.timeout.ms", "60000", "metadata.max.age.ms", "1000",
            "reconnect.backoff.max.ms", "200", "retry.backoff.max.ms", "200"));
        admin = Admin.create(p);
    }

    String topic(Object name) {
        return prefix + name;
    }

    TopicPartition partition(Map<String, Object> of) {
        return new TopicPartition(topic(of.get("topic")), ((Number) of.get("partition")).intValue());
    }

    /** A command of an administrator, by Ottla's names. Kafka's error, or null. */
    String administer(Map<String, Object> command) throws Exception {
        try {
            switch ((String) command.get("do")) {
                case "create-topic" -> create(command);
                case "delete-topic" -> admin.deleteTopics(List.of(topic(command.get("topic")))).all().get();
                case "alter-topic-configs" -> alter(new ConfigResource(ConfigResource.Type.TOPIC, topic(command.get("topic"))), command);
                case "alter-broker-configs" -> {
                    Object broker = command.get("broker");
                    alter(new ConfigResource(ConfigResource.Type.BROKER, broker == null ? "" : broker.toString()), command);
                }
                case "delete-records" -> deleteRecords(command);
                case "elect-leaders" -> {
                    return elect(command);
                }
                case "reassign", "cancel-reassignment" -> reassign(command);
                default -> throw new Invalid("no command of an administrator: " + command);
            }
            return null;
        } catch (ExecutionException e) {
            return error(e.getCause());
        }
    }

    /** Until the controller answers what a broker asks of it. */
    void awaitController() throws Exception {
        admin.describeMetadataQuorum().quorumInfo().get();
    }

    private static String error(Throwable e) {
        return Errors.forException(e) == Errors.UNKNOWN_SERVER_ERROR ? e.toString() : Errors.forException(e).name();
    }

    @SuppressWarnings("unchecked")
    private static List<Integer> ids(Object list) {
        return ((List<Number>) list).stream().map(Number::intValue).toList();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> maps(Object list) {
        return (List<Map<String, Object>>) list;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> configs(Object map) {
        return map == null ? Map.of() : (Map<String, String>) map;
    }

    private void create(Map<String, Object> command) throws Exception {
        Map<Integer, List<Integer>> assignment = new HashMap<>();
        for (Object replicas : (List<?>) command.get("assignments")) assignment.put(assignment.size(), ids(replicas));
        admin.createTopics(List.of(new NewTopic(topic(command.get("topic")), assignment).configs(configs(command.get("configs"))))).all().get();
    }

    private void alter(ConfigResource resource, Map<String, Object> command) throws Exception {
        List<AlterConfigOp> ops = new ArrayList<>();
        configs(command.get("set")).forEach((name, value) -> ops.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        for (Object name : command.containsKey("delete") ? (List<?>) command.get("delete") : List.of())
            ops.add(new AlterConfigOp(new ConfigEntry((String) name, ""), AlterConfigOp.OpType.DELETE));
        admin.incrementalAlterConfigs(Map.of(resource, ops)).all().get();
    }

    private void deleteRecords(Map<String, Object> command) throws Exception {
        Map<TopicPartition, RecordsToDelete> before = new HashMap<>();
        for (Map<String, Object> part : maps(command.get("partitions"))) {
            int number = ((Number) part.get("partition")).intValue();
            before.put(new TopicPartition(topic(command.get("topic")), number), RecordsToDelete.beforeOffset(Out.num(part, "offset")));
        }
        admin.deleteRecords(before).all().get();
    }

    private String elect(Map<String, Object> command) throws Exception {
        ElectionType type = command.get("election").equals("unclean") ? ElectionType.UNCLEAN : ElectionType.PREFERRED;
        var results = admin.electLeaders(type, java.util.Set.of(partition(command))).partitions().get();
        return results.values().iterator().next().map(Clients::error).orElse(null);
    }

    private void reassign(Map<String, Object> command) throws Exception {
        Map<TopicPartition, Optional<NewPartitionReassignment>> wanted = new HashMap<>();
        for (Map<String, Object> part : maps(command.get("partitions")))
            wanted.put(partition(part), Optional.ofNullable(part.get("replicas")).map(Clients::ids).map(NewPartitionReassignment::new));
        admin.alterPartitionReassignments(wanted).all().get();
    }

    /** One producer, and what is to become of its records. */
    private record Sender(KafkaProducer<String, String> producer, List<CompletableFuture<Object>> outcomes) { }

    void addProducer(String name, Map<String, String> configs) {
        Properties p = new Properties();
        p.putAll(Map.of("bootstrap.servers", bootstrap, "client.id", name));
        p.putAll(configs);
        senders.put(name, new Sender(new KafkaProducer<>(p, new StringSerializer(), new StringSerializer()), new ArrayList<>()));
    }

    /** Sends all at once, and does not wait. */
    void send(String name, String topic, List<Object> records) {
        Sender sender = senders.get(name);
        // So that no record waits for metadata behind another.
        sender.producer.partitionsFor(topic(topic));
        for (Object row : records) {
            List<?> record = (List<?>) row;
            CompletableFuture<Object> outcome = new CompletableFuture<>();
            sender.outcomes.add(outcome);
            sender.producer.send(new ProducerRecord<>(topic(topic), (String) record.get(0), (String) record.get(1)), (metadata, e) ->
                outcome.complete(List.of(topic, metadata.partition(), e == null ? (Object) metadata.offset() : e.getClass().getSimpleName())));
        }
    }

    /** What became of all that was sent since this was asked last: topic, partition, and an offset or an exception, in order of sending. */
    List<Object> outcomes(String name, long ms) throws Exception {
        Sender sender = senders.get(name);
        long until = System.currentTimeMillis() + ms;
        List<Object> told = new ArrayList<>();
        for (CompletableFuture<Object> outcome : sender.outcomes) told.add(outcome.get(until - System.currentTimeMillis(), TimeUnit.MILLISECONDS));
        sender.outcomes.clear();
        return told;
    }

    @Override
    public void close() {
        for (Sender sender : senders.values()) sender.producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
    }
}
