import brave.Span;
import brave.Tracer;
import brave.Tracing;
import brave.handler.SpanHandler;
import brave.propagation.B3Propagation;
import brave.propagation.Propagation;
import brave.propagation.SamplingFlags;
import brave.propagation.TraceContext;
import brave.propagation.TraceContextOrSamplingFlags;
import brave.sampler.Sampler;
import com.google.gson.Gson;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import zipkin2.reporter.AsyncReporter;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.SpanBytesEncoder;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;
import zipkin2.reporter.brave.ZipkinSpanHandler;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** A caller of the gateway that traces with Brave. */
public final class Client {
  static final Gson gson = new Gson().newBuilder().serializeNulls().create();

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "visit" -> visit(args[1], args[2], args[3], Integer.parseInt(args[4]), args[5]);
      case "extract" -> extract();
      case "judge" -> judge();
      case "report" -> report(args[1], args[2], args[3]);
      default -> throw new IllegalArgumentException("mode " + args[0] + ": want visit, extract, judge or report");
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
    everyLine(extracted -> {
      TraceContext context = extracted.context();
      Map<String, Object> said = new LinkedHashMap<>();
      if (context != null) {
        said.put("traceId", context.traceIdString());
        said.put("spanId", context.spanIdString());
        said.put("sampled", context.sampled());
        said.put("debug", context.debug());
      }
      return gson.toJson(said);
    });
  }

  /** Prints what headers say of the parent and of the decision, in words: "-" is nothing. */
  static void judge() throws Exception {
    everyLine(extracted -> {
      TraceContext context = extracted.context();
      SamplingFlags flags = context != null ? context : extracted.samplingFlags();
      String ids = context == null ? "-" : context.traceIdString() + "-" + context.spanIdString();
      String decision = flags == null || flags.sampled() == null ? "-" : flags.debug() ? "d" : flags.sampled() ? "1" : "0";
      return ids + " " + decision;
    });
  }

  /** Extracts from the headers of each line of standard input, and prints what say makes of it. */
  static void everyLine(Function<TraceContextOrSamplingFlags, String> say) throws Exception {
    Propagation.Getter<Map<String, String>, String> getter = Map::get;
    TraceContext.Extractor<Map<String, String>> extractor = B3Propagation.get().extractor(getter);
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    for (String line; (line = lines.readLine()) != null; ) {
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      JsonParser.parseString(line).getAsJsonObject().asMap().forEach((name, value) -> headers.put(name, value.getAsString()));
      out.println(say.apply(extractor.extract(headers)));
    }
    out.flush();
  }

  /** Reports spans of every sort as two services, and prints the ids of their traces. */
  static void report(String collector, String format, String service) throws Exception {
    var sender = URLConnectionSender.newBuilder()
        .encoding(format.equals("proto3") ? Encoding.PROTO3 : Encoding.JSON)
        .endpoint(collector + (format.equals("json-v1") ? "/api/v1/spans" : "/api/v2/spans"))
        .build();
    if (format.equals("json-v1")) {
      // Brave's own encoder knows no v1; that of the reporter does.
      var reporter = AsyncReporter.builder(sender).messageTimeout(0, TimeUnit.MILLISECONDS).build(SpanBytesEncoder.JSON_V1);
      record(ZipkinSpanHandler.create(reporter), service);
      reporter.flush();
    } else {
      var handler = AsyncZipkinSpanHandler.newBuilder(sender).messageTimeout(0, TimeUnit.MILLISECONDS).build();
      record(handler, service);
      handler.flush();
    }
    sender.close();
  }

  static void record(SpanHandler handler, String service) {
    Tracer front = tracer(handler, service, true), back = tracer(handler, service + "-back", true);
    Span order = front.newTrace().kind(Span.Kind.SERVER).name("POST /orders").tag("kunde", "K\u00e4se \"\ud83e\uddc0\"\n").start();
    order.remoteIpAndPort("203.0.113.7", 51234);
    Span price = front.newChild(order.context()).name("price").start();
    price.annotate("gr\u00f6\u00dfe \ud83e\uddc0").annotate("cache miss").finish();
    Span call = front.newChild(order.context()).kind(Span.Kind.CLIENT).name("GET /stock").remoteServiceName("Stock").start();
    call.remoteIpAndPort("2001:db8::c001", 8080);
    Span answer = back.joinSpan(call.context()).kind(Span.Kind.SERVER).name("GET /stock").start();
    answer.error(new IllegalStateException("sold out")).finish();
    call.tag("error", "503").tag("http.path", "/stock").finish();
    Span send = front.newChild(order.context()).kind(Span.Kind.PRODUCER).name("send").remoteServiceName("kafka").start();
    back.newChild(send.context()).kind(Span.Kind.CONSUMER).name("receive").remoteServiceName("kafka").start().finish();
    send.finish();
    order.finish();
    Span small = tracer(handler, service, false).newTrace().kind(Span.Kind.CLIENT).name("get").remoteServiceName("redis").tag("error", "").start();
    small.finish();
    Span debug = front.nextSpan(TraceContextOrSamplingFlags.DEBUG).name("debug").start();
    debug.finish();
    for (Span root : new Span[] {order, small, debug}) System.out.println(root.context().traceIdString());
  }

  static Tracer tracer(SpanHandler handler, String service, boolean is128Bit) {
    return Tracing.newBuilder().localServiceName(service).traceId128Bit(is128Bit).addSpanHandler(handler).build().tracer();
  }
}
