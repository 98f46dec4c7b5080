// Writes a key every 50 ms through `connect` of the printed program, and says what comes of it; see telling.py.
import java.nio.file.Files;
import java.nio.file.Path;
import redis.clients.jedis.UnifiedJedis;

public class Driver {
    // for the first connection; the machine may be busy
    private static final long PATIENCE = 300_000; // milliseconds

    public static void main(String[] arguments) throws Exception {
        Path enough = Path.of(arguments[1]);
        int number = 0;
        try (UnifiedJedis client = connected()) {
            while (!Files.exists(enough)) {
                try {
                    client.set(arguments[0] + ":0:" + number, Integer.toString(number));
                    System.out.println("written " + System.currentTimeMillis() / 1000.0);
                    number++;
                } catch (RuntimeException error) {
                    System.out.println("failed " + System.currentTimeMillis() / 1000.0 + " " + error.getMessage());
                }
                Thread.sleep(50);
            }
        }
    }

    // clients of clusters and sentinels ask for their nodes as they are made, and fail with it
    private static UnifiedJedis connected() throws Exception {
        long end = System.currentTimeMillis() + PATIENCE;
        while (true) {
            try {
                return RedisExample.connect();
            } catch (Exception error) {
                if (System.currentTimeMillis() > end) {
                    throw error;
                }
                Thread.sleep(1000);
            }
        }
    }
}
