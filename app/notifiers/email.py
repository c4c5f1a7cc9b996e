"""Mail: text and HTML saying the same, no pictures, nothing that tells whether it was read."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr

from markupsafe import Markup, escape

from app.notifiers.deadlines import deadline
from app.notifiers.mail_server import MailServer
from app.notifiers.message import Message
from app.notifiers.results import NotSent, Parcel, Sent

EACH = 10.0  # seconds for each step of the conversation
WHOLE = 30.0  # seconds
SUBJECT = 200
FOR_GOOD = 500  # answers from here on are not asked again
UNSUBSCRIBE = "List-Unsubscribe"


class Lines(EmailPolicy):
    """The lines of a mail. A URL stays as it is, however long: encoded like words no mail program knows it."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header as it is sent."""
        if name == UNSUBSCRIBE and value.isascii():
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


LINES = Lines(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Email:
    """Sends what people read."""

    server: MailServer | None
    sender: str

    def send(self, parcel: Parcel) -> Sent | NotSent:
        """Hand one mail to the mail server."""
        if parcel.message is None:
            return NotSent("not for people", again=False)
        if self.server is None:
            return NotSent("no mail server is set")
        mail = compose(parcel.message, self.sender, parcel.address, f"{parcel.id}.{parcel.delivery}")
        try:
            with _conversation(self.server) as client:
                client.sendmail(parseaddr(self.sender)[1], parcel.address, mail.as_bytes(policy=LINES))
        except (smtplib.SMTPException, OSError) as error:
            return _not_sent(error)
        return Sent()


def compose(message: Message, sender: str, to: str, id_: str) -> EmailMessage:
    """The mail. Tried again it has the same Message-ID, so that a mail that arrives twice is known as one."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = _one_line(message.title)[:SUBJECT]
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{id_}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe:
        mail[UNSUBSCRIBE] = f"<{message.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_text(message), cte="quoted-printable")
    mail.add_alternative(message.html or _html(message), subtype="html", cte="quoted-printable")
    return mail


def _one_line(text: str) -> str:
    """A name with a line break in it makes no header of its own."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _text(message: Message) -> str:
    links = [f"{text}:\n{address}" for text, address in _links(message)]
    return "\n\n".join([message.title, *message.lines, *links]) + "\n"


def _links(message: Message) -> list[tuple[str, str]]:
    return [*message.links, *([("Unsubscribe", message.unsubscribe)] if message.unsubscribe else [])]


def _html(message: Message) -> Markup:
    parts = [Markup("<h1 dir='auto' style='font-size:1.2em'>{}</h1>").format(message.title)]
    parts += [Markup("<p dir='auto'>{}</p>").format(_broken(line)) for line in message.lines]
    parts += [Markup("<p><a href='{}'>{}</a></p>").format(address, text) for text, address in _links(message)]
    style = "font-family:sans-serif;line-height:1.5;max-width:40em"
    return Markup("<!doctype html><html lang='en'><body style='{}'>{}</body></html>").format(
        style, Markup("\n").join(parts)
    )


def _broken(text: str) -> Markup:
    return Markup("<br>").join(map(escape, text.splitlines()))


@contextmanager
def _conversation(server: MailServer) -> Iterator[smtplib.SMTP]:
    client = _connect(server)
    sock = client.sock
    if sock is None:
        raise smtplib.SMTPServerDisconnected("closed at once")
    try:
        with deadline(sock, WHOLE) as over:
            try:
                _introduce(client, server)
                yield client
            except (smtplib.SMTPException, OSError):
                if over.is_set():
                    raise TimeoutError from None
                raise
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
    finally:
        client.close()


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.tls == "from the start":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=EACH, context=ssl.create_default_context())
    return smtplib.SMTP(server.host, server.port, timeout=EACH)


def _introduce(client: smtplib.SMTP, server: MailServer) -> None:
    if server.tls == "required":
        client.starttls(context=ssl.create_default_context())
    if server.user:
        client.login(server.user, server.password)


def _not_sent(error: Exception) -> NotSent:
    """What is wrong with our own account may be repaired; a receiver that is refused for good stays refused."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        status = next((code for code, _ in error.recipients.values()), 0)
        return NotSent(f"receiver refused: {status}", status, again=status < FOR_GOOD)
    if isinstance(error, smtplib.SMTPDataError):
        return NotSent(f"mail refused: {error.smtp_code}", error.smtp_code, again=error.smtp_code < FOR_GOOD)
    if isinstance(error, smtplib.SMTPResponseException):
        return NotSent(f"mail server: {error.smtp_code}", error.smtp_code)
    known: tuple[tuple[type[Exception], str], ...] = (
        (ssl.SSLError, "tls"),
        (smtplib.SMTPNotSupportedError, "tls"),
        (TimeoutError, "timeout"),
        (ConnectionRefusedError, "connection refused"),
    )
    cause = error.__context__ if isinstance(error, smtplib.SMTPServerDisconnected) else error
    return NotSent(next((reason for kind, reason in known if isinstance(cause, kind)), "connection lost"))
