"""The annotation page in a real Label Studio: every mark stands on its statement, nothing breaks out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bridge import evidence
from bridge.labelstudio.labeling import Variant, label_config
from bridge.labelstudio.payload import build_prediction, sources_of, task_data
from rubric.suggest import rate
from sandbox.model import AuditInput, AuditReport, Severity
from tests.rubric.reports import make_finding, make_report, shipped

pytestmark = pytest.mark.e2e

HOSTILE = (
    "package main\n"
    "\n"
    'import "fmt"\r\n'
    "\n"
    "\t// 🙂🙂 <b>bold</b> &amp; &lt; </style></script><script>window.hit = 1</script>\n"
    "func main() {\n"
    '\tfmt.Println("a\t🙂 b", \'<\', 1 < 2, "&amp;")\t// tail  \n'
    "\t\t\n"
    "    fmt.Println(`raw\n"
    "  ``` still raw 🙂\n"
    "`)\n"
    "\tx := map[string][]int{}; _ = x\r\n"
    "\te\u0301 := 1 // combining, \u202e bidi, family 👩‍👩‍👧\n"
    "}\n"
)
LONG = "package main\n\n" + "".join(
    f"\t// 🙂 line {n}\n" if n % 7 == 0 else f'\tvar v{n} = []string{{`a`, "<{n}>"}}\n'
    for n in range(3, 1501)
)
FRAGMENTS = """() => {
  const marks = {};
  for (const span of document.querySelectorAll('.gr [class*="htx-highlight"]')) {
    const id = [...span.classList].find(c => /^htx-highlight-|highlight/.test(c) && c !== 'htx-highlight');
    (marks[id] = marks[id] || []).push(span.textContent);
  }
  return Object.values(marks).map(parts => parts.join(''));
}"""


class Project:
    """A Label Studio project of this test, opened in one page."""

    def __init__(self, label_studio: Any, page: Any, variant: Variant) -> None:
        self.url, self.page, self.variant = label_studio.url, page, variant
        self.headers = {"Authorization": f"Token {label_studio.token}"}
        self.config = label_config(shipped(), variant=variant)
        made = self.call("POST", "/api/projects/", title="page", label_config=self.config)
        self.id = made["id"]
        view = {"title": "Review", "type": "list", "target": "tasks", "hiddenColumns": {}}
        self.call("POST", "/api/dm/views/", project=self.id, data=view)

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Calls the API."""
        answer = requests.request(
            method, self.url + path, json=body, headers=self.headers, timeout=60
        )
        answer.raise_for_status()
        return answer.json()

    def show(self, given: AuditInput, report: AuditReport) -> dict[str, Any]:
        """Imports a task with its prediction, opens it, and gives the prediction."""
        rated = rate(report, shipped())
        if self.variant == "rich":
            html = evidence.task_evidence(rated, url="http://127.0.0.1:9/e/none", rubric=shipped())
            data = task_data(given, evidence_html=html)
        else:
            data = {"prompt": given.prompt, "code": given.code}
        prediction = build_prediction(rated, shipped(), sources_of(given), variant=self.variant)
        task = self.call("POST", "/api/tasks/", project=self.id, data=data)["id"]
        self.call("POST", "/api/predictions/", task=task, **prediction)
        self.call("PATCH", f"/api/projects/{self.id}/", model_version="gavel")
        self.page.goto(f"{self.url}/projects/{self.id}/data?task={task}")
        self.page.wait_for_selector(".gr .lsf-richtext__line, .gr .l", timeout=60_000)
        if any(item["type"] == "labels" for item in prediction["result"]):
            self.page.wait_for_selector(".gr [class*=htx-highlight]", timeout=60_000)
        self.page.wait_for_timeout(500)
        return prediction

    def serialized(self) -> list[dict[str, Any]]:
        """What Label Studio would submit for the annotation that is open."""
        script = "() => JSON.stringify(Htx.annotationStore.selected.serializeAnnotation())"
        found: list[dict[str, Any]] = json.loads(self.page.evaluate(script))
        return found


@pytest.fixture
def page(label_studio: Any, browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1600, "height": 1000})
    page = context.new_page()
    page.goto(f"{label_studio.url}/user/login/")
    page.fill("[name=email]", label_studio.admin_email)
    page.fill("[name=password]", label_studio.admin_password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url, wait_until="commit", timeout=60_000)
    yield page
    context.close()


def every_line(text: str, *, step: int = 1) -> AuditReport:
    """A report with a finding on every line, blank ones too."""
    count = text.count("\n")
    findings = tuple(
        make_finding(id=f"f{n}", line=n, file="", severity=Severity.MINOR)
        for n in range(1, count + 1, step)
    )
    return make_report(findings=findings)


def statements(text: str, *, step: int = 1) -> list[str]:
    lines = text.split("\n")[: text.count("\n")]
    found = [line.strip() for line in lines[::step]]
    return [line for line in found if line]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("variant", ["rich", "plain"])
@pytest.mark.parametrize(("text", "step"), [(HOSTILE, 1), (LONG, 25)], ids=["hostile", "long"])
def test_every_mark_stands_on_its_statement(
    label_studio: Any, page: Any, variant: Variant, text: str, step: int
) -> None:
    """What a mark covers in the browser is the source line without its indentation."""
    project = Project(label_studio, page, variant)

    project.show(AuditInput(code=text, prompt="p"), every_line(text, step=step))

    assert statements(text, step=step) == page.evaluate(FRAGMENTS)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("variant", ["rich", "plain"])
def test_what_is_submitted_is_what_was_predicted(
    label_studio: Any, page: Any, variant: Variant
) -> None:
    """An untouched page gives every item back with the same place and value."""
    project = Project(label_studio, page, variant)

    prediction = project.show(AuditInput(code=HOSTILE, prompt="p"), every_line(HOSTILE))

    def values(items: list[dict[str, Any]]) -> list[Any]:
        return sorted(((item["from_name"], item["id"], item["value"]) for item in items), key=repr)

    sent = values(project.serialized())
    marks = {item[1] for item in values(prediction["result"]) if item[0] == "finding"}
    expected = values(prediction["result"])
    assert [x[2] for x in expected if x[1] in marks] == [x[2] for x in sent if x[1] in marks]
    assert sorted(x[0] for x in expected) == sorted(x[0] for x in sent)


@pytest.mark.timeout(300)
def test_hostile_text_stays_text_and_a_dead_bridge_hides_nothing(
    label_studio: Any, page: Any
) -> None:
    """No script of a snippet runs; with the evidence address dead the stored facts stay."""
    project = Project(label_studio, page, "rich")
    message = "</style><script>window.hit = 2</script><img src=x onerror='window.hit = 3'>"
    report = make_report(findings=(make_finding(file="", line=6, message=message, rule='x"};'),))

    project.show(AuditInput(code=HOSTILE, prompt="<script>window.hit = 4</script>"), report)

    chip = page.evaluate("getComputedStyle(document.querySelector('#L1-6'), '::after').content")
    assert page.evaluate("window.hit") is None
    assert page.inner_text(".gr .strip .lead") == "Runs; no case decides it"
    assert 'E2 x"};' in chip.replace("\\", "")
