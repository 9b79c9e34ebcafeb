"""What a browser is shown. Whatever comes from a mail is text here: nothing of it runs, and nothing is loaded for it."""

from html import escape

from mails import Mail, body, header, parse

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1d2327 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #dcdcde }
pre { white-space: pre-wrap; overflow-wrap: anywhere } iframe { width: 100%; height: 30rem; border: 1px solid #dcdcde }
"""


def page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{content}</body></html>'
    )


def list_page(mails: list[Mail]) -> str:
    rows = ''.join(
        f'<tr><td>{escape(mail.received)}</td><td>{escape(", ".join(mail.recipients))}</td>'
        f'<td><a href="/messages/{mail.id}">{escape(mail.subject) or "(no subject)"}</a></td></tr>'
        for mail in mails
    )
    table = f'<table><tr><th>Received</th><th>To</th><th>Subject</th></tr>{rows}</table>'
    return page('Mails', table if mails else '<p>None has come yet.</p>')


def mail_page(mail: Mail, content: bytes) -> str:
    message = parse(content)
    names = ('From', 'To', 'Cc', 'Reply-To', 'Date')
    headers = ''.join(
        f'<tr><th>{name}</th><td>{escape(header(message, name))}</td></tr>' for name in names if header(message, name)
    )
    text, markup = body(message, 'plain'), body(message, 'html')
    return page(
        mail.subject or '(no subject)',
        f'<p><a href="/">All mails</a> · <a href="/messages/{mail.id}/raw">as it came</a></p><table>{headers}</table>'
        + ('' if text is None else f'<pre>{escape(text)}</pre>')
        + ('' if markup is None else f'<iframe sandbox src="/messages/{mail.id}/html"></iframe>'),
    )


def summary(mail: Mail) -> dict[str, object]:
    return {
        'id': mail.id,
        'received': mail.received,
        'from': mail.sender,
        'to': list(mail.recipients),
        'subject': mail.subject,
        'size': mail.size,
    }


def details(mail: Mail, content: bytes) -> dict[str, object]:
    message = parse(content)
    return {
        **summary(mail),
        'headers': [[name, header(message, name)] for name in message.keys()],
        'text': body(message, 'plain'),
        'html': body(message, 'html'),
        'attachments': [
            {
                'name': part.get_filename(),
                'type': part.get_content_type(),
                'size': len(part.get_payload(decode=True) or b''),
            }
            for part in message.iter_attachments()
        ],
    }
