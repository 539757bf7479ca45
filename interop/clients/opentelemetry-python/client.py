"""A caller of the gateway that traces with OpenTelemetry."""

import json
import sys
import urllib.request

from opentelemetry import trace
from opentelemetry.exporter.zipkin.json import ZipkinExporter
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON
from opentelemetry.trace import SpanKind, format_span_id, format_trace_id
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


def main(mode, *args):
    if mode == "visit":
        url, zipkin, wire, bits, decision = args
        if bits != "128" or decision == "debug":
            sys.exit(f"{bits} bits, {decision}: OpenTelemetry does not send that")
        visit(url, zipkin, wire, decision)
    elif mode == "extract":
        extract(*args)
    else:
        sys.exit(f"mode {mode}: want visit or extract")


main(*sys.argv[1:])
