import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * Java agent for tests: puts the key that signs the sender certificates of the stand-in server
 * in the place of the one built into signal-cli, so that sealed-sender messages can be made and
 * checked without Signal's servers. Argument: the file that holds the public key in base64.
 */
public class OfflineAgent {

    public static void premain(String file, Instrumentation instrumentation) throws Exception {
        final var key = Base64.getDecoder().decode(Files.readString(Path.of(file)).trim());
        // this class is on the boot class path, signal-cli's are not
        final var config = Class.forName("org.asamk.signal.manager.config.LiveConfig", true,
                ClassLoader.getSystemClassLoader());
        final var field = config.getDeclaredField("UNIDENTIFIED_SENDER_TRUST_ROOT");
        field.setAccessible(true);
        final var root = (byte[]) field.get(null);
        System.arraycopy(key, 0, root, 0, root.length);
    }
}
