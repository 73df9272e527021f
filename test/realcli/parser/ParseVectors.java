import com.fasterxml.jackson.databind.ObjectMapper;
import net.sourceforge.argparse4j.helper.HelpScreenException;
import net.sourceforge.argparse4j.inf.Argument;
import net.sourceforge.argparse4j.inf.ArgumentAction;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells what signal-cli's own argument parser makes of command lines, without running any of them. One JVM serves many:
 * each line of standard input is a JSON array of arguments, each line of standard output the answer to it:
 *
 *   {"ok":true,"command":NAME,"params":{NAME:VALUE,...},"logging":{...}}
 *   {"ok":false,"error":TEXT,"logging":{...}}
 *
 * "params" are the parsed arguments by the names under which signal-cli looks them up, such as "group-id", without those
 * that are null; "command" is in it too. "logging" is what signal-cli's earlier, separate search for logging options found in the same command line; it
 * happens even where the rest is refused. A command line that only prints help or the version is refused with the
 * error "help" or "version".
 */
public class ParseVectors {

    public static void main(String[] args) throws Exception {
        final var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        // help texts go to standard output
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        final var json = new ObjectMapper();
        final var parser = parser();
        final var logging = method("org.asamk.signal.Main", "parseLoggingConfig", String[].class);

        final var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            final var vector = json.readValue(line, String[].class);
            final var answer = new LinkedHashMap<String, Object>();
            try {
                final var params = new TreeMap<String, Object>();
                parser.parseArgs(vector.clone()).getAttrs().forEach((name, value) -> {
                    // each value appears a second time under its name in Java's spelling, group_id
                    if (value != null && !name.contains("_")) params.put(name, plain(value));
                });
                answer.put("ok", true);
                answer.put("command", params.get("command"));
                answer.put("params", params);
            } catch (HelpScreenException e) {
                answer.put("ok", false);
                answer.put("error", "help");
            } catch (ArgumentParserException e) {
                answer.put("ok", false);
                answer.put("error", e.getMessage());
            }
            answer.put("logging", components(logging.invoke(null, (Object) vector.clone())));
            out.println(json.writeValueAsString(answer));
            out.flush();
        }
    }

    /** signal-cli's parser; only --version does not end the JVM. */
    static ArgumentParser parser() throws Exception {
        final var parser = (ArgumentParser) method("org.asamk.signal.App", "buildArgumentParser").invoke(null);
        final var index = parser.getClass().getDeclaredField("namedArgIndex_");
        index.setAccessible(true);
        ((Argument) ((Map<?, ?>) index.get(parser)).get("--version")).action(new ArgumentAction() {
            @Override
            @SuppressWarnings("deprecation")
            public void run(ArgumentParser p, Argument arg, Map<String, Object> attrs, String flag, Object value)
                    throws ArgumentParserException {
                throw new ArgumentParserException("version", p);
            }

            @Override
            public void onAttach(Argument arg) {
            }

            @Override
            public boolean consumeArgument() {
                return false;
            }
        });
        return parser;
    }

    static Method method(String type, String name, Class<?>... parameters) throws Exception {
        final var method = Class.forName(type).getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method;
    }

    /** The fields of a record. */
    static Map<String, Object> components(Object record) throws ReflectiveOperationException {
        final var fields = new LinkedHashMap<String, Object>();
        for (var component : record.getClass().getRecordComponents()) {
            final var get = component.getAccessor();
            get.setAccessible(true);
            fields.put(component.getName(), plain(get.invoke(record)));
        }
        return fields;
    }

    /** Lists, numbers, booleans and null as they are, anything else as its text. */
    static Object plain(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(ParseVectors::plain).toList();
        }
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }
}
