"""The mails over HTTP: pages for people, JSON for programs."""

import json
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from mails import Mail, Mails, body, parse
from pages import details, list_page, mail_page, summary

# Nothing of a mail runs or is loaded, the pages' own style aside.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; frame-ancestors 'self'"
Answer = tuple[str, str | bytes]


def html(text: str) -> Answer:
    return 'text/html; charset=utf-8', text


def as_json(value: object) -> Answer:
    return 'application/json', json.dumps(value, indent=1) + '\n'


# What is asked of one mail, by the end of the path.
VIEWS: dict[tuple[str, str], Callable[[Mail, bytes], Answer]] = {
    ('messages', ''): lambda mail, content: html(mail_page(mail, content)),
    ('messages', 'html'): lambda _, content: html(body(parse(content), 'html') or ''),
    ('messages', 'raw'): lambda _, content: ('text/plain; charset=utf-8', content),
    ('api', ''): lambda mail, content: as_json(details(mail, content)),
}


class Handler(BaseHTTPRequestHandler):
    mails: Mails
    protocol_version = 'HTTP/1.1'
    server_version, sys_version = 'mailsink', ''
    timeout = 60

    def do_GET(self) -> None:
        answer = self._answer()
        if answer is None:
            self._send(404, 'text/plain; charset=utf-8', 'There is no such mail or page.\n')
        else:
            self._send(200, *answer)

    def do_DELETE(self) -> None:
        if urlsplit(self.path).path != '/api/messages':
            self._send(404, 'text/plain; charset=utf-8', 'All mails are deleted at /api/messages.\n')
            return
        self.mails.clear()
        self._send(200, *as_json([]))

    def _answer(self) -> Answer | None:
        address = urlsplit(self.path)
        match address.path.strip('/').split('/'):
            case ['']:
                return html(list_page(self.mails.list()))
            case ['healthz']:
                return 'text/plain', 'ok\n'
            case ['api', 'messages']:
                to = parse_qs(address.query).get('to', [None])[0]
                return as_json([summary(mail) for mail in self.mails.list() if to is None or to in mail.recipients])
            case ['api', 'messages', id]:
                return self._view(id, ('api', ''))
            case ['messages', id, *rest]:
                return self._view(id, ('messages', '/'.join(rest)))
        return None

    def _view(self, id: str, view: tuple[str, str]) -> Answer | None:
        found, show = self.mails.get(id), VIEWS.get(view)
        return None if found is None or show is None else show(*found)

    def _send(self, status: int, kind: str, content: str | bytes) -> None:
        data = content.encode('utf-8', 'replace') if isinstance(content, str) else content
        self.send_response(status)
        for name, value in (
            ('Content-Type', kind),
            ('Content-Length', str(len(data))),
            ('Content-Security-Policy', POLICY),
            ('X-Content-Type-Options', 'nosniff'),
            ('Cache-Control', 'no-store'),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: object) -> None:
        """Requests are no news; mails are."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def web_server(port: int, mails: Mails) -> ThreadingHTTPServer:
    return Server(('', port), type('MailHandler', (Handler,), {'mails': mails}))
