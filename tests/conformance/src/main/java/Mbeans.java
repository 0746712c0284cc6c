import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Makes mbeans.json: starts one combined node in this process, uses it with a producer and a consumer, and writes the names
 * of the MBeans that Ottla may show, with their attributes. Arguments: the node's properties (its log directory formatted),
 * host and port of its client listener, the file to write.
 */
public class Mbeans {
  private static final String LEFT_OUT =
      "(?i).*(share|RemoteLog|remote-|name=Remote[^T]|BuildRemote|DelayedRemote|FailedRemote|remote\\.|remaining|streams|txn|transaction"
          + "|app-info|telemetry|quota|processor|topic=__|listener=|channel-metrics|kafka-metrics-count|linux-disk|yammer|AlterAcls"
          + "|ScramCred|Persister).*";
  private static final List<String> APIS =
      List.of("Produce", "Fetch", "FetchConsumer", "FetchFollower", "ListOffsets", "Metadata", "FindCoordinator", "JoinGroup",
          "SyncGroup", "Heartbeat", "LeaveGroup", "OffsetCommit", "OffsetFetch", "OffsetForLeaderEpoch");

  public static void main(String[] args) throws Exception {
    Thread node = new Thread(() -> kafka.Kafka.main(new String[] {args[0]}));
    node.setDaemon(true);
    node.start();
    use(args[1]);
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    TreeMap<String, TreeSet<String>> found = new TreeMap<>();
    for (ObjectName name : server.queryNames(new ObjectName("kafka.*:*"), null)) {
      String request = name.getKeyProperty("request");
      if (name.toString().matches(LEFT_OUT) || (request != null && !APIS.contains(request))) continue;
      TreeSet<String> attributes = new TreeSet<>();
      for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) attributes.add(attribute.getName());
      found.put(name.toString().replaceAll("logDirectory=\"[^\"]*\"", "logDirectory=\"/tmp/kafka-logs\""), attributes);
    }
    Files.writeString(Path.of(args[2]),
        found.entrySet().stream().map(e -> " " + quoted(e.getKey()) + ": " + list(e.getValue()))
            .collect(Collectors.joining(",\n", "{\n", "\n}\n")));
    System.exit(0);
  }

  /** What leaves no metric of a producer, a consumer and two topics unregistered. */
  private static void use(String server) throws Exception {
    Properties common = new Properties();
    common.put("bootstrap.servers", server);
    try (Admin admin = Admin.create(common)) {
      NewTopic compacted = new NewTopic("compacted", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
      for (int tries = 0; tries < 60; tries++) {
        try {
          admin.createTopics(List.of(new NewTopic("orders", 2, (short) 1), compacted)).all().get();
          break;
        } catch (Exception notYet) {
          Thread.sleep(500);
        }
      }
    }
    Properties sending = new Properties(common);
    sending.putAll(common);
    sending.put("client.id", "checkout");
    var producer = new KafkaProducer<>(sending, new StringSerializer(), new StringSerializer());
    for (int i = 0; i < 100; i++) producer.send(new ProducerRecord<>("orders", "k" + i, "v"));
    producer.flush();
    Properties reading = new Properties();
    reading.putAll(common);
    reading.putAll(Map.of("client.id", "billing-1", "group.id", "billing", "auto.offset.reset", "earliest"));
    var consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer());
    consumer.subscribe(List.of("orders"));
    long until = System.currentTimeMillis() + 15_000;
    while (System.currentTimeMillis() < until) consumer.poll(Duration.ofMillis(200));
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String list(TreeSet<String> all) {
    return all.stream().map(Mbeans::quoted).collect(Collectors.joining(", ", "[", "]"));
  }
}
