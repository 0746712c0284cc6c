import com.fasterxml.jackson.databind.ObjectMapper;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small help with JSON, and with the numbers in it. */
final class Out {
    static final ObjectMapper M = new ObjectMapper();

    private Out() { }

    static Map<String, Object> map(Object... kv) {
        Map<String, Object> m = new LinkedHashMap<>();
        for (int i = 0; i < kv.length; i += 2) m.put((String) kv[i], kv[i + 1]);
        return m;
    }

    static String hex(ByteBuffer b) {
        ByteBuffer d = b.duplicate();
        StringBuilder s = new StringBuilder(d.remaining() * 2);
        while (d.hasRemaining()) {
            byte x = d.get();
            s.append(Character.forDigit((x >> 4) & 15, 16)).append(Character.forDigit(x & 15, 16));
        }
        return s.toString();
    }

    static ByteBuffer unhex(String s) {
        ByteBuffer b = ByteBuffer.allocate(s.length() / 2);
        for (int i = 0; i < s.length(); i += 2) b.put((byte) Integer.parseInt(s.substring(i, i + 2), 16));
        b.flip();
        return b;
    }

    static long num(Map<String, Object> op, String key) {
        return ((Number) op.get(key)).longValue();
    }

    static boolean is(Map<String, Object> op, String key) {
        return Boolean.TRUE.equals(op.get(key));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Map<String, Object> op, String key) {
        return (Map<String, Object>) op.get(key);
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Map<String, Object> op, String key) {
        return (List<Object>) op.get(key);
    }
}
