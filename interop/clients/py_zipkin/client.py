"""A caller of the gateway that traces with py_zipkin."""

import json
import sys
import urllib.request
from email.message import Message
from urllib.parse import urlsplit

from py_zipkin import Kind
from py_zipkin.encoding import Encoding
from py_zipkin.request_helpers import create_http_headers, extract_zipkin_attrs_from_headers
from py_zipkin.transport import SimpleHTTPTransport
from py_zipkin.util import ZipkinAttrs, generate_random_64bit_string
from py_zipkin.zipkin import create_http_headers_for_new_span, zipkin_client_span, zipkin_span


def visit(url, zipkin, wire, bits, decision):
    collector = urlsplit(zipkin)
    with zipkin_span(
        service_name="py_zipkin",
        span_name="workshop",
        transport_handler=SimpleHTTPTransport(collector.hostname, collector.port),
        encoding=Encoding.V2_JSON,
        sample_rate=0.0 if decision == "not-sampled" else 100.0,
        use_128bit_trace_id=bits == "128",
    ):
        if wire == "b3-multi":
            with zipkin_client_span(service_name="py_zipkin", span_name="GET /visit"):
                said = call(url, create_http_headers())
        else:
            # As the library's own introduction has it: these headers name a span
            # that the library leaves to the server to report.
            said = call(url, create_http_headers_for_new_span())
    print(json.dumps(said))


def call(url, sent):
    # At a root the library's parent is None, which is no header.
    headers = {name: value for name, value in sent.items() if value is not None}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        return {
            "traceId": sent["X-B3-TraceId"],
            "spanId": sent["X-B3-SpanId"],
            "status": response.status,
            "traceresponse": response.headers["traceresponse"],
            "answer": json.load(response),
        }


def extract():
    for line in sys.stdin:
        headers = Message()  # finds a name in whatever case, as web frameworks do
        for name, value in json.loads(line).items():
            headers[name] = value
        attrs = extract_zipkin_attrs_from_headers(headers)
        print(json.dumps(attrs and {
            "traceId": attrs.trace_id,
            "spanId": attrs.span_id,
            "sampled": attrs.is_sampled,
            "debug": attrs.flags == "1",
        }))


ENCODINGS = {"json": Encoding.V2_JSON, "proto3": Encoding.V2_PROTO3, "json-v1": Encoding.V1_JSON}


def report(collector, encoding, service):
    """Reports spans of every sort as two services, and prints the ids of their traces."""
    at = urlsplit(collector)
    root = {"transport_handler": SimpleHTTPTransport(at.hostname, at.port), "encoding": ENCODINGS[encoding]}
    with zipkin_span(service, "POST /orders", sample_rate=100.0, use_128bit_trace_id=True, host="203.0.113.7", port=8080,
                     binary_annotations={"kunde": 'K\u00e4se "\U0001f9c0"\n'}, **root) as order:
        with zipkin_span(service, "price") as price:
            price.add_annotation("gr\u00f6\u00dfe \U0001f9c0")
            price.add_annotation("cache miss")
        with zipkin_client_span(service, "GET /stock", binary_annotations={"error": "503", "http.path": "/stock"}) as call:
            call.add_sa_binary_annotation(8080, "Stock", "2001:db8::c001")
            joined = call.zipkin_attrs
        with zipkin_span(service, "send", kind=Kind.PRODUCER) as send:
            sent = send.zipkin_attrs
        print(order.zipkin_attrs.trace_id)
    # A server that got these ids from its caller reports under them.
    with zipkin_span(service + "-back", "GET /stock", zipkin_attrs=joined, host="2001:db8::c001", **root):
        child = ZipkinAttrs(sent.trace_id, generate_random_64bit_string(), sent.span_id, None, True)
        with zipkin_span(service + "-back", "receive", zipkin_attrs=child, kind=Kind.CONSUMER, **root):
            pass
    with zipkin_span(service, "get", sample_rate=100.0, kind=Kind.CLIENT, binary_annotations={"error": ""}, **root) as small:
        small.add_sa_binary_annotation(6379, "redis", "192.0.2.1")
        print(small.zipkin_attrs.trace_id)


def main(mode, *args):
    if mode == "visit":
        url, zipkin, wire, bits, decision = args
        if wire not in ("b3-multi", "b3-multi-new-span") or decision == "debug":
            sys.exit(f"{wire}, {decision}: py_zipkin does not send that")
        visit(url, zipkin, wire, bits, decision)
    elif mode == "extract":
        extract()
    elif mode == "report":
        report(*args)
    else:
        sys.exit(f"mode {mode}: want visit, extract or report")


main(*sys.argv[1:])
