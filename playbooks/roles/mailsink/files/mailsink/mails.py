"""The mails that came: so many, and so many bytes, the oldest go first."""

from dataclasses import dataclass
from datetime import datetime, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Lock


@dataclass(frozen=True)
class Mail:
    """A mail as it was handed over: the addresses are the envelope's, not those of the headers."""

    id: str
    received: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    size: int


class Mails:
    """Their contents are files in a folder, in memory where that is a tmpfs; what is known of them is here."""

    def __init__(self, folder: Path, most: int, most_bytes: int) -> None:
        self._folder, self._most, self._most_bytes = folder, most, most_bytes
        self._mails: dict[str, Mail] = {}
        self._count = 0
        self._lock = Lock()
        for left in folder.glob('*.eml'):
            left.unlink()

    def add(self, sender: str, recipients: list[str], content: bytes) -> Mail:
        """Keeps one, and lets go of the oldest where there are too many. Raises OSError where there is no room."""
        now = datetime.now(timezone.utc).isoformat(timespec='milliseconds').replace('+00:00', 'Z')
        # In one line: that of an encoded word may have several.
        subject = ' '.join(header(parse(content), 'subject').split())
        with self._lock:
            self._count += 1
            mail = Mail(f'{self._count:06d}', now, sender, tuple(recipients), subject, len(content))
            self._forget_for(len(content))
            self._path(mail.id).write_bytes(content)
            self._mails[mail.id] = mail
        return mail

    def list(self) -> list[Mail]:
        """All of them, the newest first."""
        with self._lock:
            return list(reversed(self._mails.values()))

    def get(self, id: str) -> tuple[Mail, bytes] | None:
        with self._lock:
            mail = self._mails.get(id)
            return None if mail is None else (mail, self._path(id).read_bytes())

    def clear(self) -> None:
        with self._lock:
            for id in list(self._mails):
                self._forget(id)

    def _forget_for(self, size: int) -> None:
        while self._mails and (
            len(self._mails) >= self._most
            or sum(mail.size for mail in self._mails.values()) + size > self._most_bytes
        ):
            self._forget(next(iter(self._mails)))

    def _forget(self, id: str) -> None:
        del self._mails[id]
        self._path(id).unlink(missing_ok=True)

    def _path(self, id: str) -> Path:
        return self._folder / f'{id}.eml'


def parse(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]


def header(message: EmailMessage, name: str) -> str:
    """Its text; nothing where there is none, or none that can be understood."""
    try:
        return str(message[name] or '')
    except Exception:  # The parser has its own surprises for headers that are none, and a mail is kept nevertheless.
        return ''


def body(message: EmailMessage, kind: str) -> str | None:
    """The text of this kind, `plain` or `html`; None where there is none."""
    try:
        part = message.get_body((kind,))
    except Exception:  # As above.
        return None
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        # A character set that nobody knows.
        return part.get_payload(decode=True).decode('utf-8', 'replace')
