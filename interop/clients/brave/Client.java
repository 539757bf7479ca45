import brave.Span;
import brave.Tracing;
import brave.propagation.B3Propagation;
import brave.propagation.Propagation;
import brave.propagation.TraceContext;
import brave.propagation.TraceContextOrSamplingFlags;
import brave.sampler.Sampler;
import com.google.gson.Gson;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** A caller of the gateway that traces with Brave. */
public final class Client {
  static final Gson gson = new Gson().newBuilder().serializeNulls().create();

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "visit" -> visit(args[1], args[2], args[3], Integer.parseInt(args[4]), args[5]);
      case "extract" -> extract();
      default -> throw new IllegalArgumentException("mode " + args[0] + ": want visit or extract");
    }
  }

  static void visit(String url, String zipkin, String format, int bits, String decision) throws Exception {
    BytesMessageSender sender = URLConnectionSender.create(zipkin + "/api/v2/spans");
    // Without a thread of its own, which would wait a second for more: flush sends.
    var handler = AsyncZipkinSpanHandler.newBuilder(sender).messageTimeout(0, TimeUnit.MILLISECONDS).build();
    var tracing = Tracing.newBuilder()
        .localServiceName("brave")
        .traceId128Bit(bits == 128)
        .sampler(decision.equals("not-sampled") ? Sampler.NEVER_SAMPLE : Sampler.ALWAYS_SAMPLE)
        .propagationFactory(propagation(format))
        .addSpanHandler(handler)
        .build();
    var flags = decision.equals("debug") ? TraceContextOrSamplingFlags.DEBUG : TraceContextOrSamplingFlags.EMPTY;
    Span root = tracing.tracer().nextSpan(flags).name("workshop").start();
    Span call = tracing.tracer().newChild(root.context()).kind(Span.Kind.CLIENT).name("GET /visit").remoteServiceName("gateway").start();
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    Propagation.Setter<HttpRequest.Builder, String> setter = HttpRequest.Builder::header;
    tracing.propagation().injector(setter).inject(call.context(), request);
    var response = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    call.finish();
    root.finish();
    handler.flush();
    tracing.close();
    handler.close();
    sender.close();

    Map<String, Object> said = new LinkedHashMap<>();
    said.put("traceId", call.context().traceIdString());
    said.put("spanId", call.context().spanIdString());
    said.put("status", response.statusCode());
    said.put("traceresponse", response.headers().firstValue("traceresponse").orElse(""));
    said.put("answer", JsonParser.parseString(response.body()));
    System.out.println(gson.toJson(said));
  }

  static Propagation.Factory propagation(String format) {
    return B3Propagation.newFactoryBuilder().injectFormat(switch (format) {
      case "b3-multi" -> B3Propagation.Format.MULTI;
      case "b3-single" -> B3Propagation.Format.SINGLE;
      case "b3-single-no-parent" -> B3Propagation.Format.SINGLE_NO_PARENT;
      default -> throw new IllegalArgumentException("format " + format + ": Brave has none of that name");
    }).build();
  }

  static void extract() throws Exception {
    Propagation.Getter<Map<String, String>, String> getter = Map::get;
    TraceContext.Extractor<Map<String, String>> extractor = B3Propagation.get().extractor(getter);
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
        said.put("debug", context.debug());
      }
      System.out.println(gson.toJson(said));
    }
  }
}
