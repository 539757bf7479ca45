// A caller of the gateway that traces with zipkin-js.
'use strict';

const {once} = require('node:events');
const readline = require('node:readline');
const {
  Annotation, BatchRecorder, ExplicitContext, InetAddress, Instrumentation, Tracer, jsonEncoder, option: {None, Some}, sampler,
} = require('zipkin');
const wrapFetch = require('zipkin-instrumentation-fetch');
const {HttpLogger} = require('zipkin-transport-http');

async function visit(url, zipkin, wire, bits, decision) {
  if (wire !== 'b3-multi') {
    throw new Error(`${wire}: zipkin-js does not send that`);
  }
  const logger = new HttpLogger({endpoint: `${zipkin}/api/v2/spans`, jsonEncoder: jsonEncoder.JSON_V2});
  const tracer = new Tracer({
    ctxImpl: new ExplicitContext(),
    recorder: new BatchRecorder({logger}),
    sampler: new sampler.Sampler(decision === 'not-sampled' ? sampler.neverSample : sampler.alwaysSample),
    localServiceName: 'zipkin-js',
    traceId128Bit: bits === '128',
  });
  // The instrumentation keeps the id of its span to itself and its headers.
  let sent;
  const tracedFetch = wrapFetch((target, options) => {
    sent = options.headers;
    return fetch(target, options);
  }, {tracer, remoteServiceName: 'gateway'});

  // tracer.local would start the root too, but cannot make it a debug one.
  const debug = decision === 'debug';
  tracer.setId(tracer.createRootId(debug ? new Some(true) : None, debug));
  tracer.recordServiceName('zipkin-js');
  tracer.recordAnnotation(new Annotation.LocalOperationStart('workshop'));
  const response = await tracedFetch(url);
  const answer = await response.json();
  tracer.recordAnnotation(new Annotation.LocalOperationStop());

  if (decision !== 'not-sampled') {
    // The logger's timer does not keep the program running until it fires.
    const reported = once(logger, 'success');
    logger.processQueue(fetch);
    await reported;
  }
  console.log(JSON.stringify({
    traceId: sent['X-B3-TraceId'],
    spanId: sent['X-B3-SpanId'],
    status: response.status,
    traceresponse: response.headers.get('traceresponse'),
    answer,
  }));
}

// extract says what the library's server side understands of headers. It joins
// the caller's span, so the ids are those that came in.
async function extract() {
  const tracer = new Tracer({
    ctxImpl: new ExplicitContext(), recorder: {record() {}}, localServiceName: 'zipkin-js',
  });
  const server = new Instrumentation.HttpServer({tracer, port: 0});
  for await (const line of readline.createInterface({input: process.stdin})) {
    const headers = new Headers(JSON.parse(line));
    const read = name => (headers.has(name) ? new Some(headers.get(name)) : None);
    const id = server.recordRequest('GET', 'http://localhost/', read);
    console.log(JSON.stringify({
      traceId: id.traceId, spanId: id.spanId, sampled: id.sampled.getOrElse(null), debug: id.isDebug(),
    }));
  }
}

// report reports spans of every sort as two services, and prints the ids of
// their traces.
async function report(collector, format, service) {
  const [path, encoder] = {json: ['v2', jsonEncoder.JSON_V2], 'json-v1': ['v1', jsonEncoder.JSON_V1]}[format];
  const logger = new HttpLogger({endpoint: `${collector}/api/${path}/spans`, jsonEncoder: encoder});
  const recorder = new BatchRecorder({logger});
  const tracerOf = traceId128Bit => new Tracer({ctxImpl: new ExplicitContext(), recorder, localServiceName: service, traceId128Bit});
  const front = tracerOf(true);
  const span = (id, local, name, start, stop, more = () => {}) => front.letId(id, () => {
    front.recordServiceName(local);
    front.recordRpc(name);
    front.recordAnnotation(start);
    more();
    front.recordAnnotation(stop);
  });
  const address = text => ({host: new InetAddress(text), port: 8080});

  const order = front.createRootId();
  const call = front.createChildId(order);
  const send = front.createChildId(order);
  span(front.createChildId(order), service, 'price', new Annotation.LocalOperationStart('price'), new Annotation.LocalOperationStop(), () => {
    front.recordMessage('gr\u00f6\u00dfe \u{1f9c0}');
    front.recordMessage('cache miss');
  });
  span(call, service, 'GET /stock', new Annotation.ClientSend(), new Annotation.ClientRecv(), () => {
    front.recordServerAddr({serviceName: 'Stock', ...address('192.0.2.1')});
    front.recordBinary('error', '503');
    front.recordBinary('http.path', '/stock');
  });
  span(front.join(call), `${service}-back`, 'GET /stock', new Annotation.ServerRecv(), new Annotation.ServerSend(), () => {
    front.recordClientAddr(address('203.0.113.7'));
  });
  span(send, service, 'send', new Annotation.ProducerStart(), new Annotation.ProducerStop(), () => {
    front.recordAnnotation(new Annotation.MessageAddr({serviceName: 'kafka', ...address('192.0.2.9')}));
  });
  span(front.createChildId(send), `${service}-back`, 'receive', new Annotation.ConsumerStart(), new Annotation.ConsumerStop(), () => {
    front.recordAnnotation(new Annotation.MessageAddr({serviceName: 'kafka', ...address('192.0.2.9')}));
  });
  span(order, service, 'POST /orders', new Annotation.ServerRecv(), new Annotation.ServerSend(), () => {
    front.recordBinary('kunde', 'K\u00e4se "\u{1f9c0}"\n');
  });
  const small = tracerOf(false).createRootId();
  span(small, service, 'get', new Annotation.ClientSend(), new Annotation.ClientRecv(), () => front.recordBinary('error', ''));
  const debug = front.createRootId(new Some(true), true);
  span(debug, service, 'debug', new Annotation.LocalOperationStart('debug'), new Annotation.LocalOperationStop());

  const reported = once(logger, 'success');
  logger.processQueue(fetch);
  await reported;
  console.log([order, small, debug].map(id => id.traceId).join('\n'));
}

const modes = {visit, extract, report};
const [mode, ...args] = process.argv.slice(2);
if (!modes[mode]) {
  throw new Error(`mode ${mode}: want visit, extract or report`);
}
modes[mode](...args);
