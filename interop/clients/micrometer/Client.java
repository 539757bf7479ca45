import brave.propagation.Propagation;
import brave.propagation.TraceContext;
import com.google.gson.Gson;
import com.google.gson.JsonParser;
import io.micrometer.tracing.brave.bridge.W3CPropagation;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Reads traceparent as services do that trace with Micrometer over Brave. */
public final class Client {
  public static void main(String[] args) throws Exception {
    Propagation.Getter<Map<String, String>, String> getter = Map::get;
    TraceContext.Extractor<Map<String, String>> extractor = new W3CPropagation().get().extractor(getter);
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null; ) {
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      JsonParser.parseString(line).getAsJsonObject().asMap().forEach((name, value) -> headers.put(name, value.getAsString()));
      TraceContext context = extractor.extract(headers).context();
      Map<String, Object> said = new LinkedHashMap<>();
      if (context != null) {
        said.put("traceId", context.traceIdString());
        said.put("spanId", context.spanIdString());
        said.put("sampled", context.sampled());
      }
      System.out.println(new Gson().toJson(said));
    }
  }
}
