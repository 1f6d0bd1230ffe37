"""What can go wrong between us and Leaf.

LeafError
├── NotSentError              the request certainly did not reach Leaf (no network, DNS, TLS, connect timeout)
├── UnknownOutcomeError       it left and no trustworthy answer came (timeout, reset, truncated, 408/425/5xx): it may
│   │                         have worked
│   ├── CaptivePortalError    HTML or a redirect instead of Leaf's JSON: a sign-in page is in the way
│   └── UnreadableAnswerError JSON came that is not what the contract says (no usable shape, another record's id)
└── AnsweredError             Leaf answered, and it is no success; nothing was applied
    ├── SignedOutError        401
    ├── ForbiddenError        403
    ├── GoneError             404, 410
    ├── BusyError             429 (with `retry_after` seconds where given)
    └── RefusedByLeafError    400, 405, 409, 413, 415, 422 and every other 4xx: `error_key`, `title`, `detail`

UnsendableError (a ValueError) stands apart: what was to be sent has no form in Leaf's words, and no request was made.
"""

import re

_SECRETS = re.compile(r"(?i:bearer)\s+\S+|eyJ[\w-]{6,}(?:\.[\w-]*){1,2}")
_PEOPLE = re.compile(r"[^\s@<>\"',;:()]+@[\w-]+(?:\.[\w-]+)+")
_LONGEST = 500
"""Characters of Leaf's own words that are kept; the rest of an error page helps nobody."""


class UnsendableError(ValueError):
    """The value named in the message cannot be sent to Leaf; the message is for the user word for word."""


class LeafError(Exception):
    """Something went wrong between us and Leaf. The message says what and where, in plain words and without secrets.

    `operation` is the contract's operation id; `status` the HTTP status, None when no answer came. `error_key`, `title`
    and `detail` are Leaf's own words, `excerpt` the beginning of the body, all escaped. `retry_after` is in seconds.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        status: int | None = None,
        error_key: str | None = None,
        title: str | None = None,
        detail: str | None = None,
        retry_after: float | None = None,
        excerpt: str = "",
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.status = status
        self.error_key = error_key
        self.title = title
        self.detail = detail
        self.retry_after = retry_after
        self.excerpt = excerpt


class NotSentError(LeafError):
    """The request certainly did not reach Leaf; nothing happened there."""


class UnknownOutcomeError(LeafError):
    """The request left and no trustworthy answer came; a write may have worked."""


class CaptivePortalError(UnknownOutcomeError):
    """HTML or a redirect came instead of Leaf's JSON: a sign-in page is in the way."""


class UnreadableAnswerError(UnknownOutcomeError):
    """Leaf's JSON came and is not of the shape the contract says; a read of this record may be skipped."""


class AnsweredError(LeafError):
    """Leaf answered, and it is no success; nothing was applied."""


class SignedOutError(AnsweredError):
    """401: wrong user name or password, or the token is missing or expired."""


class ForbiddenError(AnsweredError):
    """403: this account may not do that."""


class GoneError(AnsweredError):
    """404 or 410: Leaf has no such record."""


class BusyError(AnsweredError):
    """429: too many requests; `retry_after` says how long to wait, where Leaf says it."""


class RefusedByLeafError(AnsweredError):
    """Leaf does not take this request as it is; `error_key`, `title` and `detail` say why."""


def printable(text: str, longest: int = _LONGEST) -> str:
    """Somebody else's text fit for a message, a log or a terminal.

    Control characters and lone surrogates are written as escapes; tokens and e-mail addresses are taken out; at most
    `longest` characters.
    """
    text = _PEOPLE.sub("…", _SECRETS.sub("…", text[: 4 * longest]))
    clean = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"
