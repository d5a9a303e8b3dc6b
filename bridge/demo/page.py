"""The annotation page as a person uses it: signs in, opens tasks, clicks stars, submits."""

from __future__ import annotations

import re
from typing import Any

from bridge.demo.label_studio_server import Login

OPEN_TIMEOUT_MS = 90_000
"""Opening the first task takes 10-20 s on two shared cores (measured)."""
SAVE_TIMEOUT_MS = 30_000


class Person:
    """Somebody in front of a browser."""

    def __init__(self, browser: Any, url: str, login: Login) -> None:
        self._context = browser.new_context(viewport={"width": 1600, "height": 1000})
        self.page = self._context.new_page()
        self.page.set_default_timeout(SAVE_TIMEOUT_MS)
        self._url = url
        self.page.goto(f"{url}/user/login/", timeout=OPEN_TIMEOUT_MS)
        self.page.fill("[name=email]", login.email)
        self.page.fill("[name=password]", login.password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda at: "/login" not in at, wait_until="commit")

    def open(self, project_id: int, task_id: int, *, code: str = ".gr .l") -> None:
        """Opens a task in the quick view and waits for its code and its marks."""
        self.page.goto(
            f"{self._url}/projects/{project_id}/data?task={task_id}", timeout=OPEN_TIMEOUT_MS
        )
        self.page.wait_for_selector(code, timeout=OPEN_TIMEOUT_MS)
        self.page.wait_for_selector(".gr .card .ant-rate", timeout=OPEN_TIMEOUT_MS)
        self.page.wait_for_timeout(500)

    def stars(self, name: str) -> int:
        """How many stars a criterion's card shows."""
        return int(self._card(name).locator(".ant-rate-star-full").count())

    def rate(self, name: str, stars: int) -> None:
        """Clicks a criterion's n-th star."""
        self._card(name).locator(".ant-rate-star").nth(stars - 1).click()

    def choose(self, text: str) -> None:
        """Ticks a choice by its beginning, for example `R1`."""
        self.page.locator(".gr label").filter(has_text=text).first.click()

    def submit(self) -> None:
        """Presses Submit and waits until Label Studio has kept it."""
        self._press("Submit current annotation", "POST")

    def update(self) -> None:
        """Presses Update and waits until Label Studio has kept it."""
        self._press("submit", "PATCH")

    def duplicate(self) -> None:
        """Makes a copy of the annotation that is shown, by its menu."""
        button = self.page.locator(".lsf-annotation-button_selected").first
        button.hover()
        button.locator(".lsf-annotation-button__trigger").click()
        self.page.get_by_text("Duplicate Annotation").first.click()
        self.page.locator("button[aria-label='Submit current annotation']").wait_for()
        self.page.wait_for_timeout(500)

    def close(self) -> None:
        """Closes the window."""
        self._context.close()

    def _card(self, name: str) -> Any:
        heading = self.page.locator("h4").filter(has_text=re.compile(rf"^{re.escape(name)}\b"))
        return self.page.locator(".gr .card").filter(has=heading).first

    def _press(self, label: str, method: str) -> None:
        button = self.page.locator(f"button[aria-label='{label}']").first
        with self.page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method == method
        ) as saved:
            button.click()
        if not saved.value.ok:
            raise RuntimeError(f"Label Studio answered {saved.value.status} to {label}")
