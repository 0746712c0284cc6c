import kafka.tools.StorageTool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The nodes of a real cluster on 127.0.0.1: brokers from 1 on and one controller of its own, each a process with a folder and a port. The controller
 * is apart, so that all brokers can be down at once and the metadata is still decided on, and so that no election of the quorum comes between.
 */
final class Nodes implements AutoCloseable {
    /** As Ottla numbers it. */
    static final int CONTROLLER = 3000;
    private static final String CLUSTER_ID = "QUFBQUFBQUFBQUFBQUFBQQ";
    /** Below what systems give to outgoing connections: none of them ever sits on the port of a node that is down. */
    private static final int LOWEST_PORT = 15_000, PORTS = 15_000;
    /** A process stands still no longer than this, even if nobody is left to let it go on. */
    private static final int LONGEST_FREEZE_SECONDS = 60;

    /** Properties and what the nodes log. */
    private final Path dir;
    /** Their data: in memory where the system has such a folder, so that no flush takes as long as a session. */
    private final Path data;
    /** Classes loaded and verified before, which halves what a start costs. Where there is none, the first broker leaves it when it stops. */
    private final Path archive;
    private final Map<String, String> configs;
    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final Map<Integer, Process> processes = new TreeMap<>();
    private final Set<Integer> frozen = new TreeSet<>(), stopping = new TreeSet<>();

    Nodes(Path dir, Path archive, int brokers, Map<String, String> configs) throws Exception {
        this.dir = Files.createDirectories(dir);
        Path shm = Path.of("/dev/shm");
        data = Files.createTempDirectory(Files.isDirectory(shm) ? shm : dir, "ottla-cluster");
        this.archive = archive;
        this.configs = configs;
        Random random = new Random();
        for (int id = 1; id <= brokers; id++) ports.put(id, freePort(random));
        ports.put(CONTROLLER, freePort(random));
        for (int id : ports.keySet()) format(id);
    }

    Set<Integer> all() {
        return ports.keySet();
    }

    List<Integer> brokers() {
        return ports.keySet().stream().filter(id -> id != CONTROLLER).toList();
    }

    String bootstrap() {
        return String.join(",", brokers().stream().map(id -> "127.0.0.1:" + ports.get(id)).toList());
    }

    Path data(int id) {
        return data.resolve(Integer.toString(id));
    }

    private int freePort(Random random) throws IOException {
        for (int tries = 0; ; tries++) {
            int port = LOWEST_PORT + random.nextInt(PORTS);
            if (ports.containsValue(port)) continue;
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
                return port;
            } catch (IOException e) {
                if (tries > 200) throw e;
            }
        }
    }

    private Path properties(int id) throws IOException {
        boolean controller = id == CONTROLLER;
        List<String> lines = new ArrayList<>(List.of(
            "process.roles=" + (controller ? "controller" : "broker"),
            "node.id=" + id,
            "log.dirs=" + data(id),
            "controller.quorum.bootstrap.servers=127.0.0.1:" + ports.get(CONTROLLER),
            "controller.listener.names=CONTROLLER",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "listeners=" + (controller ? "CONTROLLER" : "PLAINTEXT") + "://127.0.0.1:" + ports.get(id),
            // Small, since several of them share a small machine; nothing of it is looked at.
            "num.network.threads=1", "num.io.threads=2", "background.threads=2", "log.cleaner.dedupe.buffer.size=2097152"));
        if (!controller) lines.add("inter.broker.listener.name=PLAINTEXT");
        configs.forEach((name, value) -> lines.add(name + "=" + value));
        return Files.write(dir.resolve(id + ".properties"), lines);
    }

    /** A new folder, as kafka-storage.sh makes it. */
    void format(int id) throws Exception {
        List<String> args = new ArrayList<>(List.of("format", "--cluster-id", CLUSTER_ID, "--config", properties(id).toString()));
        if (id == CONTROLLER) args.add("--standalone");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        if (StorageTool.execute(args.toArray(new String[0]), new PrintStream(said)) != 0) throw new IllegalStateException("format " + id + ": " + said);
    }

    void wipe(int id) throws Exception {
        delete(data(id));
        format(id);
    }

    /** Whether this node is to leave the archive. */
    boolean archives(int id) {
        return id == 1 && !Files.exists(archive);
    }

    boolean runs(int id) {
        Process process = processes.get(id);
        return process != null && process.isAlive();
    }

    void start(int id) throws IOException {
        if (runs(id)) throw new IllegalStateException("node " + id + " runs already");
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
            "-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS"));
        line.add(archives(id) ? "-XX:ArchiveClassesAtExit=" + archive : "-XX:SharedArchiveFile=" + archive);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), "KafkaNode", dir.resolve(id + ".properties").toString()));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve(id + ".log").toFile()));
        stopping.remove(id);
        processes.put(id, builder.start());
    }

    /** kill -9, and it is gone. */
    void kill(int id) throws InterruptedException {
        Process process = processes.get(id);
        if (process == null) return;
        frozen.remove(id);
        process.destroyForcibly().waitFor();
    }

    /** kill: it shuts down in order. Does not wait. */
    void stop(int id) {
        stopping.add(id);
        // By its handle: Process.destroy would close its input, too, and it would end at once.
        processes.get(id).toHandle().destroy();
    }

    void awaitEnd(int id, long ms) throws InterruptedException {
        if (!processes.get(id).waitFor(ms, TimeUnit.MILLISECONDS)) throw new IllegalStateException("node " + id + " did not end in " + ms + " ms");
    }

    /** kill -STOP, and something that lets it go on later in any case. */
    void freeze(int id) throws Exception {
        long pid = processes.get(id).pid();
        signal("STOP", pid);
        frozen.add(id);
        new ProcessBuilder("sh", "-c", "sleep " + LONGEST_FREEZE_SECONDS + "; kill -CONT " + pid + " 2>/dev/null").start();
    }

    boolean isStopping(int id) {
        return stopping.contains(id) && runs(id);
    }

    boolean isFrozen(int id) {
        return frozen.contains(id);
    }

    void thaw(int id) throws Exception {
        frozen.remove(id);
        signal("CONT", processes.get(id).pid());
    }

    private static void signal(String name, long pid) throws Exception {
        if (new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor() != 0) throw new IllegalStateException("kill -" + name + " " + pid);
    }

    @Override
    public void close() {
        for (Process process : processes.values()) process.destroyForcibly();
        for (Process process : processes.values()) {
            try {
                process.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        try {
            delete(data);
        } catch (IOException e) {
            System.err.println(data + " is still there: " + e);
        }
    }

    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) return;
        try (var walk = Files.walk(path)) {
            for (Path p : walk.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
        }
    }
}
