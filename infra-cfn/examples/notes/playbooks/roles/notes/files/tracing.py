"""Tells a collector beside the application of each request: a span of OpenTelemetry, by OTLP over HTTP as JSON."""

import json
import logging
import queue
import re
import secrets
import threading
import time
import urllib.request

SERVER = 2
# AWS X-Ray's header of a load balancer: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1
ROOT = re.compile(r'Root=1-([0-9a-f]{8})-([0-9a-f]{24})')
PARENT = re.compile(r'Parent=([0-9a-f]{16})')


def trace_of(environ):
    """The trace that the load balancer began, and the span that called; or a new trace, which X-Ray wants to begin with a time."""
    header = environ.get('HTTP_X_AMZN_TRACE_ID', '')
    root, parent = ROOT.search(header), PARENT.search(header)
    trace = ''.join(root.groups()) if root else f'{int(time.time()):08x}{secrets.token_hex(12)}'
    return trace, parent.group(1) if parent else ''


class Tracing:
    """WSGI middleware. Without a collector's address it does nothing; where that does not answer, spans are lost, no requests."""

    def __init__(self, application, url):
        self.application = application
        self.url = url
        self.spans = queue.Queue(maxsize=1000)
        self.sender = None

    def __call__(self, environ, start_response):
        if not self.url or environ['PATH_INFO'] == '/readyz':
            return self.application(environ, start_response)
        begun, status = time.time_ns(), []

        def started(line, headers, *rest):
            status.append(int(line.split(' ', 1)[0]))
            return start_response(line, headers, *rest)

        try:
            return self.application(environ, started)
        finally:
            self.tell(environ, begun, status[-1] if status else 500)

    def tell(self, environ, begun, status):
        trace, parent = trace_of(environ)
        attributes = {
            'http.request.method': environ['REQUEST_METHOD'],
            'url.path': environ['PATH_INFO'],
            'http.response.status_code': str(status),
        }
        span = {
            'traceId': trace,
            'spanId': secrets.token_hex(8),
            'parentSpanId': parent,
            'name': environ['REQUEST_METHOD'],
            'kind': SERVER,
            'startTimeUnixNano': str(begun),
            'endTimeUnixNano': str(time.time_ns()),
            'attributes': [{'key': key, 'value': {'stringValue': value}} for key, value in attributes.items()],
            'status': {'code': 2 if status >= 500 else 1},
        }
        # gunicorn makes its processes after this object: threads begin in them.
        if self.sender is None:
            self.sender = threading.Thread(target=self.send, daemon=True)
            self.sender.start()
        try:
            self.spans.put_nowait(span)
        except queue.Full:
            pass

    def send(self):
        name = [{'key': 'service.name', 'value': {'stringValue': 'notes'}}]
        while True:
            spans = [self.spans.get()]
            while not self.spans.empty() and len(spans) < 100:
                spans.append(self.spans.get_nowait())
            body = {'resourceSpans': [{'resource': {'attributes': name}, 'scopeSpans': [{'spans': spans}]}]}
            data, headers = json.dumps(body).encode(), {'Content-Type': 'application/json'}
            try:
                urllib.request.urlopen(urllib.request.Request(self.url, data, headers), timeout=2).close()
            except OSError as problem:
                logging.getLogger('tracing').warning('%d spans are lost: %s', len(spans), problem)
                time.sleep(1)
