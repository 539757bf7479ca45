"""A caller of the gateway that traces with OpenTelemetry."""

import json
import sys
import urllib.request

from opentelemetry import trace
from opentelemetry.exporter.zipkin.json import Protocol, ZipkinExporter
from opentelemetry.exporter.zipkin.proto.http import ZipkinExporter as ProtoExporter
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

PROPAGATORS = {
    "b3-multi": B3MultiFormat,
    "b3-single": B3SingleFormat,
    "w3c": TraceContextTextMapPropagator,
}


def visit(url, zipkin, wire, decision):
    provider = TracerProvider(
        sampler=ALWAYS_OFF if decision == "not-sampled" else ALWAYS_ON,
        resource=Resource.create({SERVICE_NAME: "opentelemetry-python"}),
    )
    exporter = ZipkinExporter(endpoint=zipkin + "/api/v2/spans")
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("workshop")
    with tracer.start_as_current_span("workshop"):
        with tracer.start_as_current_span("GET /visit", kind=SpanKind.CLIENT) as call:
            headers = {}
            PROPAGATORS[wire]().inject(headers)
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
                answer = json.load(response)
    provider.shutdown()
    context = call.get_span_context()
    print(json.dumps({
        "traceId": format_trace_id(context.trace_id),
        "spanId": format_span_id(context.span_id),
        "status": response.status,
        "traceresponse": response.headers["traceresponse"],
        "answer": answer,
    }))


def extract(wire):
    for line in sys.stdin:
        # Lower case is what the servers' interfaces for Python give a propagator.
        headers = {name.lower(): value for name, value in json.loads(line).items()}
        context = trace.get_current_span(PROPAGATORS[wire]().extract(headers)).get_span_context()
        print(json.dumps(context.is_valid and {
            "traceId": format_trace_id(context.trace_id),
            "spanId": format_span_id(context.span_id),
            "sampled": context.trace_flags.sampled,
        } or None))


def exporter(collector, encoding):
    local = {"local_node_ipv4": "203.0.113.7", "local_node_ipv6": "2001:db8::c001", "local_node_port": 8080}
    if encoding == "json-v1":
        # Its encoder of version 1 fails without a length.
        return ZipkinExporter(Protocol.V1, collector + "/api/v1/spans", max_tag_value_length=128, **local)
    return {"json": ZipkinExporter, "proto3": ProtoExporter}[encoding](endpoint=collector + "/api/v2/spans", **local)


def report(collector, encoding, service):
    """Reports spans of every sort as two services, and prints the ids of their traces."""
    providers = []

    def start(name):
        provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
        provider.add_span_processor(SimpleSpanProcessor(exporter(collector, encoding)))
        providers.append(provider)
        return provider.get_tracer("workshop").start_as_current_span

    front, back = start(service), start(service + "-back")
    with front("POST /orders", kind=SpanKind.SERVER, attributes={"kunde": 'K\u00e4se "\U0001f9c0"\n', "items": 3}) as order:
        with front("price") as price:
            price.add_event("gr\u00f6\u00dfe \U0001f9c0")
            price.add_event("cache miss", {"key": "x"})
        with front("GET /stock", kind=SpanKind.CLIENT) as call:
            call.set_status(StatusCode.ERROR, "503")
            with back("GET /stock", kind=SpanKind.SERVER):
                pass
        with front("send", kind=SpanKind.PRODUCER):
            with back("receive", kind=SpanKind.CONSUMER):
                pass
    for provider in providers:
        provider.shutdown()
    print(format_trace_id(order.get_span_context().trace_id))


def main(mode, *args):
    if mode == "visit":
        url, zipkin, wire, bits, decision = args
        if bits != "128" or decision == "debug":
            sys.exit(f"{bits} bits, {decision}: OpenTelemetry does not send that")
        visit(url, zipkin, wire, decision)
    elif mode == "extract":
        extract(*args)
    elif mode == "report":
        report(*args)
    else:
        sys.exit(f"mode {mode}: want visit, extract or report")


main(*sys.argv[1:])
