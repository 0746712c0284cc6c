import java.io.IOException;

/** One node's process: Kafka's own main, which ends with whoever started it, however that came to its end. */
public final class KafkaNode {
    public static void main(String[] args) {
        Thread watch = new Thread(KafkaNode::awaitEndOfInput, "watch");
        watch.setDaemon(true);
        watch.start();
        kafka.Kafka.main(args);
    }

    /** Standard input is a pipe from the process that started this one. */
    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) { }
        } catch (IOException e) {
            // As good as its end.
        }
        Runtime.getRuntime().halt(1);
    }
}
