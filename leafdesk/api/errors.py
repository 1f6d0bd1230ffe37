"""What can go wrong between us and Leaf.

LeafError
├── NotSentError            the request certainly did not reach Leaf (no network, DNS, TLS, connect timeout): nothing happened there
├── UnknownOutcomeError     it left and no trustworthy answer came (timeout, reset, truncated, 408/425/5xx): it may have worked
│   └── CaptivePortalError  HTML or a redirect instead of Leaf's JSON: a sign-in page is in the way
└── AnsweredError           Leaf answered, and it is no success; nothing was applied
    ├── SignedOutError      401
    ├── ForbiddenError      403
    ├── GoneError           404, 410
    ├── BusyError           429 (with `retry_after` seconds where given)
    └── RefusedByLeafError  400, 405, 409, 413, 415, 422 and every other 4xx: `error_key`, `title`, `detail` as Leaf says
"""
# Classes stand here once api is written; every message is plain words without token, password or address of a person.
