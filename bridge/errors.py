"""The few kinds of error of the service; each says what was expected, what came and what to do."""

from __future__ import annotations


class GavelError(Exception):
    """Something went wrong that a person can mend.

    Attributes:
        reason: a short word; also the metric's label.
        retry: whether the same call may succeed later without anybody doing anything.
    """

    reason = "error"
    retry = False

    def __init__(
        self, message: str, *, reason: str | None = None, retry: bool | None = None
    ) -> None:
        super().__init__(message)
        if reason is not None:
            self.reason = reason
        if retry is not None:
            self.retry = retry


class ConfigError(GavelError):
    """Settings or gavel.yaml are wrong; the message lists every fault."""

    reason = "config"


class StoreError(GavelError):
    """The database can't be used as it is."""

    reason = "store"


class LabelStudioError(GavelError):
    """Label Studio refused, or could not be reached."""

    reason = "label_studio"


class BadDeliveryError(GavelError):
    """A webhook body or one of its parts is not what Label Studio sends."""

    reason = "bad_delivery"
