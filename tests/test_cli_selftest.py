"""The self-test of an installed copy: what it proves, and that a failing step is a finding and not a traceback."""

from typing import TYPE_CHECKING

import pytest

from leafdesk.cli import selftest
from tests.shell import Shell

if TYPE_CHECKING:
    from leafdesk.sandbox import Sandbox

STEPS = ("imports", "files", "geometry", "other programs' files", "TLS", "secrets", "main job")


def test_the_installed_copy_proves_itself(signed_in: Shell, sandbox: "Sandbox") -> None:
    found = signed_in.json("doctor", "--selftest")
    steps = {check["check"]: check["level"] for check in found["checks"] if check["check"].startswith("selftest")}
    assert steps == {f"selftest: {step}": "ok" for step in STEPS}
    assert found["ok"] is True


def test_a_step_that_fails_is_a_bad_finding(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "_SQUARE_HA", 122.0)
    told: list[str] = []
    monkeypatch.setattr(selftest, "_main_job", lambda: "not asked for here")
    findings = {finding.check: finding for finding in selftest.findings_of_a_selftest(told.append)}
    assert findings["selftest: geometry"].level == "bad"
    assert "a known square measures 123.0" in findings["selftest: geometry"].detail
    assert [finding.level for finding in findings.values()].count("ok") == len(STEPS) - 1
    assert told == [f"Self-test: {step} …" for step in STEPS]
