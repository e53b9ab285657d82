"""Settings of the MQTT courier and what they must fulfil before anything is sent."""

import ipaddress
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

KIOSK_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class MqttSettingsError(ValueError):
    """The settings do not allow a connection; the text says which and what is allowed."""


class ClosingContext(ssl.SSLContext):
    """Remembers its last socket: paho leaves it open when the handshake fails, once for every try of a night."""

    _last: ssl.SSLSocket | None = None

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        """As the original does it."""
        self._last = super().wrap_socket(*args, **options)
        return self._last

    def close_last(self) -> None:
        """Close what was wrapped last, if anything was."""
        if self._last is not None:
            self._last.close()


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: the CA that signed the broker, this kiosk's certificate (its CN is the kiosk id) and key."""

    ca: Path
    certificate: Path
    key: Path

    def context(self) -> "ClosingContext":
        """TLS 1.2 or later; the broker's certificate and name are checked. Raises `MqttSettingsError`."""
        context = ClosingContext(ssl.PROTOCOL_TLS_CLIENT)  # checks names and asks for a certificate
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_verify_locations(cafile=str(self.ca))
            context.load_cert_chain(str(self.certificate), str(self.key), password=_no_password)
        except OSError as error:
            raise MqttSettingsError(f"mqtt.tls: {error.strerror or error}") from error
        return context


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """Where the broker is and how patient the courier is. Raises `MqttSettingsError`."""

    kiosk_id: str
    host: str
    port: int
    tls: TlsFiles | None = None
    keepalive_s: int = 15
    connect_timeout_s: float = 5.0
    ack_timeout_s: float = 10.0
    retry_min_s: float = 0.5
    retry_max_s: float = 60.0
    session_expiry_s: int = 86_400

    def __post_init__(self) -> None:
        if KIOSK_ID.fullmatch(self.kiosk_id) is None:
            raise MqttSettingsError("mqtt.kiosk_id: 1 to 32 of a-z 0-9 -, the first not a -")
        if not 0 < self.port < 65536:
            raise MqttSettingsError("mqtt.port: 1 to 65535")
        if self.tls is None and not is_loopback(self.host):
            raise MqttSettingsError(
                "mqtt.tls: ca, certificate and key are needed for a broker outside this machine"
            )

    def back_off_s(self, failures: int) -> float:
        """How long to wait after so many failures in a row (1 = the first): doubling, bounded."""
        return float(min(self.retry_max_s, self.retry_min_s * 2 ** min(max(failures - 1, 0), 16)))


def is_loopback(host: str) -> bool:
    """The host is this machine, by name or address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _no_password() -> str:
    raise MqttSettingsError(
        "mqtt.tls.key: the key asks for a password; give it as a file that only we can read"
    )
