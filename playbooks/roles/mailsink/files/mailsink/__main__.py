"""A mail server that delivers nothing: it keeps what it gets, and shows it over HTTP."""

import asyncio
import os
import signal
import ssl
import sys
from pathlib import Path
from threading import Thread

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

sys.path.insert(0, str(Path(__file__).parent))

from mails import Mails
from web import web_server

LARGEST = 16 * 1024 * 1024


class Sink:
    def __init__(self, mails: Mails) -> None:
        self._mails = mails

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        try:
            mail = self._mails.add(envelope.mail_from or '', envelope.rcpt_tos, envelope.content or b'')
        except OSError as error:
            print(f'mailsink: a mail could not be kept: {error.strerror}', file=sys.stderr, flush=True)
            return '452 Requested action not taken: insufficient system storage'
        print(f'mail {mail.id} from {mail.sender} to {", ".join(mail.recipients)}: {mail.subject}', flush=True)
        return '250 OK'


def tls_context() -> ssl.SSLContext | None:
    certificate = os.environ.get('MAILSINK_TLS_CERTIFICATE_FILE')
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, os.environ['MAILSINK_TLS_KEY_FILE'])
    return context


def on_error(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Clients, and load balancers that look whether it is there, may end a connection as they like."""
    if not isinstance(context.get('exception'), ConnectionError):
        loop.default_exception_handler(context)


async def serve(mails: Mails) -> None:
    context = tls_context()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(on_error)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)

    def smtp() -> SMTP:
        # Whoever says a name and a password is let in with them, as who says none.
        return SMTP(
            Sink(mails),
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname='mailsink',
            ident='mailsink',
            tls_context=context,
            auth_require_tls=False,
            authenticator=lambda *_: AuthResult(success=True),
            loop=loop,
        )

    server = await loop.create_server(smtp, '', int(os.environ['MAILSINK_SMTP_PORT']))
    await ended.wait()
    server.close()


def main() -> None:
    most_bytes = int(os.environ['MAILSINK_MAX_MEGABYTES']) * 1024 * 1024
    mails = Mails(Path(os.environ['MAILSINK_FOLDER']), int(os.environ['MAILSINK_MAX_MAILS']), most_bytes)
    web = web_server(int(os.environ['MAILSINK_HTTP_PORT']), mails)
    Thread(target=web.serve_forever, daemon=True).start()
    asyncio.run(serve(mails))
    web.shutdown()


main()
