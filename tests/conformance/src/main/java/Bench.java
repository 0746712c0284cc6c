import java.nio.file.Path;
import java.util.Map;

final class Bench {
    static Object run(Map<String, Object> op, Path base) throws Exception {
        throw new Invalid("not yet");
    }
}
