import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;

/** Entry point: answers JSON lines on standard input, one line each, as `ottla log` does. */
public final class Judge {
    private static Replica replica;

    public static void main(String[] args) throws Exception {
        Path shm = Path.of("/dev/shm");
        Path base = Files.createTempDirectory(Files.isDirectory(shm) ? shm : Path.of(System.getProperty("java.io.tmpdir")), "ottla-conformance");
        PrintStream out = System.out;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line; (line = in.readLine()) != null; ) {
                out.println(Out.M.writeValueAsString(answer(line, base)));
                out.flush();
            }
        } finally {
            if (replica != null) replica.close();
            try (var w = Files.walk(base)) {
                for (Path p : w.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
            }
        }
        System.exit(0);
    }

    @SuppressWarnings("unchecked")
    private static Object answer(String line, Path base) {
        try {
            Map<String, Object> op = Out.M.readValue(line, Map.class);
            switch ((String) op.get("op")) {
                case "generate" -> {
                    return Generator.scenario((String) op.get("kind"), Out.num(op, "seed"), base);
                }
                case "new" -> {
                    if (replica != null) replica.close();
                    replica = new Replica(Out.object(op, "config"), Out.num(op, "startTime"), base);
                    op.put("s", replica.state());
                    return op;
                }
                case "keep", "load", "dumpLog", "unzip" -> {
                    return Folders.run(op, replica);
                }
                case "bench" -> {
                    return Bench.run(op, base);
                }
                default -> {
                    replica.run(op);
                    return op;
                }
            }
        } catch (Invalid e) {
            return Out.map("invalid", e.getMessage());
        } catch (Exception e) {
            java.io.StringWriter w = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(w));
            return Out.map("invalid", e.toString(), "trace", w.toString());
        }
    }
}
