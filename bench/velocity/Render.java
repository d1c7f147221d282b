// Renders a mapping template with Apache Velocity 1.7 and counts renders a CPU second. The body is
// read anew for each of them, with Jayway JsonPath over json-smart; paths are compiled once.
//
//   java -cp ... Render TEMPLATE BODY SECONDS
//
// It warms up for SECONDS, then measures three times as long. Printed: renders a CPU second of the
// rendering thread, and the first rendering, so that the engines can be compared.

import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.Template;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.runtime.RuntimeInstance;
import org.apache.velocity.runtime.log.NullLogChute;
import org.apache.velocity.runtime.parser.node.SimpleNode;

public class Render {
    static final Configuration JSON =
        Configuration.defaultConfiguration().addOptions(Option.SUPPRESS_EXCEPTIONS);
    static final Map<String, JsonPath> PATHS = new HashMap<>();

    public static class Input {
        private final Object document;

        Input(String body) {
            document = JSON.jsonProvider().parse(body);
        }

        public Object path(String path) {
            JsonPath compiled = PATHS.computeIfAbsent(path, p -> JsonPath.compile(p));
            Object found = compiled.read(document, JSON);
            return found == null ? "" : found;
        }

        public String json(String path) {
            return JSON.jsonProvider().toJson(path(path));
        }

        public String params(String name) {
            return "shop";
        }
    }

    public static class Util {
        public String escapeJavaScript(Object text) {
            return StringEscapeUtils.escapeJavaScript(String.valueOf(text));
        }
    }

    static final Map<String, Object> CONTEXT = new LinkedHashMap<>();
    static final Map<String, Object> STAGE_VARIABLES = new LinkedHashMap<>();
    static final Util UTIL = new Util();

    static String render(Template template, String body) {
        VelocityContext context = new VelocityContext();
        context.put("input", new Input(body));
        context.put("util", UTIL);
        context.put("context", CONTEXT);
        context.put("stageVariables", STAGE_VARIABLES);
        StringWriter out = new StringWriter(2048);
        template.merge(context, out);
        return out.toString();
    }

    static double rate(Template template, String body, double seconds) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long began = threads.getCurrentThreadCpuTime();
        long renders = 0;
        long used;
        do {
            for (int n = 0; n < 200; n++) {
                if (render(template, body).isEmpty()) {
                    throw new IllegalStateException("nothing rendered");
                }
            }
            renders += 200;
            used = threads.getCurrentThreadCpuTime() - began;
        } while (used < seconds * 1e9);
        return renders * 1e9 / used;
    }

    public static void main(String[] arguments) throws Exception {
        String text = Files.readString(Paths.get(arguments[0]), StandardCharsets.UTF_8);
        String body = Files.readString(Paths.get(arguments[1]), StandardCharsets.UTF_8);
        double seconds = Double.parseDouble(arguments[2]);
        CONTEXT.put("requestId", "6f2b2d3e-8a55-4f0c-9a3e-0c6c0e6f7a11");
        CONTEXT.put("stage", "prod");
        CONTEXT.put("identity", Map.of("sourceIp", "203.0.113.7"));
        STAGE_VARIABLES.put("tenant", "acme");

        RuntimeInstance runtime = new RuntimeInstance();
        runtime.setProperty("runtime.log.logsystem.class", NullLogChute.class.getName());
        runtime.setProperty("velocimacro.library", "");
        runtime.init();
        SimpleNode tree = runtime.parse(text, "order");
        Template template = new Template();
        template.setRuntimeServices(runtime);
        template.setData(tree);
        template.initDocument();

        rate(template, body, seconds);
        double rate = rate(template, body, 3 * seconds);
        System.out.println(rate);
        System.out.print(render(template, body));
    }
}
