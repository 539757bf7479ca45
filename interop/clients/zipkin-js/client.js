// A caller of the gateway that traces with zipkin-js.
'use strict';

const {once} = require('node:events');
const readline = require('node:readline');
const {
  Annotation, BatchRecorder, ExplicitContext, Instrumentation, Tracer, jsonEncoder, option: {None, Some}, sampler,
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

const modes = {visit, extract};
const [mode, ...args] = process.argv.slice(2);
if (!modes[mode]) {
  throw new Error(`mode ${mode}: want visit or extract`);
}
modes[mode](...args);
