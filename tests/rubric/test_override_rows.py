"""One test or more per row of the decision table, from captured payloads where there are any."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rubric.override import step
from rubric.override_model import (
    EffectKind,
    Origin,
    Reviewer,
    ReviewPolicy,
    State,
    Status,
)
from tests.rubric.snapshots import (
    ADMIN,
    ANNA,
    ANNAS,
    BEN,
    CLEO,
    DORA,
    POLICY,
    SECOND,
    at,
    captured,
    effects,
    folded,
    kinds,
    make_snapshot,
    overrides,
    told,
)


def test_row_0_known_state_changes_nothing() -> None:
    """The same state again gives the same state object."""
    state = folded(ANNAS)

    assert step(state, ANNAS, POLICY).state is state


def test_row_0_updated_at_unchanged_attributes_nothing() -> None:
    """A failed save by a reviewer leaves his name on the annotator's state."""
    assert told(ANNAS, replace(ANNAS, updated_by=BEN)) == []


def test_row_0_fresh_annotation_belongs_to_its_author() -> None:
    """Even where the only state seen carries the name of somebody whose save failed."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)

    assert told(replace(ANNAS, updated_by=BEN), edit) == [("CR", 4, 1, "open")]


def test_row_0_identical_patch_from_captured_payloads() -> None:
    """A save without a difference opens nothing new."""
    before = ("03_A_creates_annotation_from_prediction", "05_B_reviewer_updates_As_annotation")
    snapshots = [captured(name) for name in before]

    assert told(*snapshots) == told(*snapshots, captured("09_identical_patch_no_change"))


def test_row_1_draft_is_invisible() -> None:
    """A draft leaves no trace."""
    assert folded(replace(ANNAS, draft=True)).annotations == {}


def test_row_2_imported_sets_the_base_only() -> None:
    """An import by a reviewer overrides nobody."""
    imported = make_snapshot(10, {"CR": 1}, **{**SECOND, "imported": True})

    assert told(ANNAS, imported) == []
    assert folded(imported).annotations[imported.key].origin is Origin.IMPORTED


def test_row_2_history_before_the_cutoff_sets_the_base_only() -> None:
    """What a reviewer changed then is what the next change is measured from."""
    policy = replace(POLICY, cutoff=at(60))
    old = make_snapshot(30, {"CR": 2, "EH": 2}, by=BEN)
    fresh = make_snapshot(90, {"CR": 1, "EH": 2}, by=BEN)

    assert told(ANNAS, old, policy=policy) == []
    assert told(ANNAS, old, fresh, policy=policy) == [("CR", 2, 1, "open")]


def test_row_3_predictions_to_annotations_is_nobodys_rating() -> None:
    """A later change by a reviewer overrides the suggestion, not an annotator."""
    made = captured("11_action_predictions_to_annotations")
    values = {**made.ratings.values, "correctness": 5}
    changed = replace(
        made,
        updated_at=at(86_400),
        updated_by=BEN,
        ratings=replace(made.ratings, values=values),
        digest="changed",
    )

    assert folded(made).annotations[made.key].origin is Origin.MACHINE
    assert told(made, changed) == []
    assert EffectKind.SUGGESTION_OVERRIDDEN in kinds(made, changed)


def test_row_4_parent_on_another_task_is_no_parent() -> None:
    """A propagated annotation sets a flagged base and reviews nobody."""
    copied = make_snapshot(10, {"CR": 1}, **{**SECOND, "parent_annotation": 99})

    assert told(ANNAS, copied) == []
    assert kinds(ANNAS, copied) == [EffectKind.PROPAGATED]


def test_row_5_skip_voids_what_stands() -> None:
    """The annotator skips a task after a review."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)
    skip = make_snapshot(30, {}, cancelled=True)

    assert told(ANNAS, edit, skip) == [("CR", 4, 1, "voided")]


def test_row_5_skip_by_a_reviewer_is_a_rejection() -> None:
    """The reviewer cancels the annotator's work."""
    skip = make_snapshot(30, {"CR": 4, "EH": 2}, by=BEN, cancelled=True)

    assert kinds(ANNAS, skip) == [EffectKind.REJECTED]


def test_row_5_skip_from_captured_payload_opens_nothing() -> None:
    """A skipped task has an annotation without ratings."""
    skip = captured("07_A_skips_task")

    assert folded(skip).annotations[skip.key].status is Status.SKIPPED


def test_row_6_rater_sets_the_base() -> None:
    """From the captured pre-filled submit."""
    created = captured("30_UI_submit_prefilled")
    state = folded(created).annotations[created.key]

    assert {c: s.base for c, s in state.standings.items()} == created.ratings.values


def test_row_6_rater_after_a_review_disagrees_without_a_ticket() -> None:
    """Cleo rates after Ben reviewed Anna."""
    review = make_snapshot(10, {"CR": 1}, **SECOND)
    late = make_snapshot(20, {"CR": 5}, annotation=3, author=CLEO, by=CLEO, created=20)

    assert told(ANNAS, review, late) == [("CR", 4, 1, "open")]
    assert EffectKind.DISAGREEMENT in kinds(ANNAS, review, late)


def test_row_7_duplicate_names_its_parent() -> None:
    """From captured payloads: only the parent is the target, only what differs is an override."""
    first = captured("03_A_creates_annotation_from_prediction")
    second = captured("06_B_creates_second_annotation_parent")

    assert told(first, second) == [("correctness", 4, 1, "open")]
    assert overrides(first, second)[0].via == "second"


def test_row_7_plus_compares_what_is_present() -> None:
    """From captured payloads: "+" starts empty, and absent means no opinion."""
    first = captured("33_UI_anna_submit_small")
    second = captured("34_UI_reviewer_creates_second_annotation")

    assert told(first, second) == [("r", 2, 5, "open")]


def test_row_7_plus_is_compared_with_every_earlier_rater() -> None:
    """With Anna and Cleo both rated, each has her own override."""
    cleos = make_snapshot(5, {"CR": 3}, annotation=3, author=CLEO, by=CLEO, created=5)
    review = make_snapshot(10, {"CR": 1}, **SECOND)

    assert told(ANNAS, cleos, review) == [("CR", 4, 1, "open"), ("CR", 3, 1, "open")]


def test_row_7_equal_ratings_uphold() -> None:
    """A second annotation that agrees is a review too."""
    review = make_snapshot(10, {"CR": 4}, **SECOND)

    assert told(ANNAS, review) == []
    assert kinds(ANNAS, review) == [EffectKind.UPHELD]


def test_row_7_reviewer_without_targets_is_a_rater() -> None:
    """Ben is first on the task; Dora can then override him."""
    bens = make_snapshot(10, {"CR": 1}, **SECOND)
    doras = make_snapshot(20, {"CR": 4}, annotation=3, author=DORA, by=DORA, created=20)

    assert told(bens) == []
    assert told(bens, doras) == [("CR", 1, 4, "open")]


def test_row_7_duplicate_of_another_review_is_a_correction() -> None:
    """Dora duplicates Ben's second annotation: reviewers differ, no ticket on Ben."""
    bens = make_snapshot(10, {"CR": 1}, **SECOND)
    doras = make_snapshot(
        20, {"CR": 5}, annotation=3, author=DORA, by=DORA, created=20, parent_annotation=2
    )

    assert told(ANNAS, bens, doras) == [("CR", 4, 1, "open")]
    assert kinds(ANNAS, bens, doras)[-1] is EffectKind.CORRECTION


def test_row_7_machine_made_target_is_no_annotator() -> None:
    """A second annotation beside one that an action made from the prediction."""
    made = make_snapshot(0, {"CR": 4}, by=None, parent_prediction=5)
    review = make_snapshot(10, {"CR": 1}, **SECOND)

    assert told(made, review) == []
    assert kinds(made, review) == [EffectKind.SUGGESTION_OVERRIDDEN]


def test_row_7_agreeing_with_the_machine_overrides_nothing() -> None:
    """A second annotation that gives what the prediction gave."""
    made = make_snapshot(0, {"CR": 4}, by=None, parent_prediction=5)
    review = make_snapshot(10, {"CR": 4}, **SECOND)

    assert kinds(made, review) == []


def test_row_7_unknown_base_is_for_the_console() -> None:
    """What the annotator gave was overwritten before a second annotation came."""
    edit = make_snapshot(5, {"CR": 1}, by=BEN)
    review = make_snapshot(10, {"CR": 3}, annotation=2, author=DORA, by=DORA, created=10)

    assert told(edit, review) == []
    assert kinds(edit, review).count(EffectKind.PREVIOUS_UNKNOWN) == 2


def test_row_11_escalation_is_recorded() -> None:
    """With whatever ratings."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN, review="escalate")

    assert kinds(ANNAS, edit) == [EffectKind.ESCALATED]


def test_row_5_unskipped_annotation_counts_again() -> None:
    """The annotator rates after all."""
    skip = make_snapshot(0, {}, cancelled=True)
    rated = make_snapshot(10, {"CR": 4})
    edit = make_snapshot(20, {"CR": 1}, by=BEN)

    assert told(skip, rated, edit) == [("CR", 4, 1, "open")]


def test_row_15_gone_without_a_trace_is_nothing() -> None:
    """It was never seen."""
    assert folded(make_snapshot(5, gone=True)) == State(known=frozenset({1}))


def test_row_7_no_rating_is_no_opinion_to_override() -> None:
    """A criterion that the annotator left open can only be added to."""
    review = make_snapshot(10, {"SC": 1}, **SECOND)

    assert told(ANNAS, review) == []
    assert EffectKind.ADDED in kinds(ANNAS, review)


@pytest.mark.parametrize("value", [4, 3])
def test_row_8_another_value_contests(value: int) -> None:
    """Back to the old value or to a third one."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)
    answer = make_snapshot(30, {"CR": value, "EH": 2})

    assert told(ANNAS, edit, answer) == [("CR", 4, 1, "contested")]


def test_row_8_the_reviewers_value_accepts() -> None:
    """The author sets in her annotation what the reviewer's second one says."""
    review = make_snapshot(10, {"CR": 1}, **SECOND)
    answer = make_snapshot(30, {"CR": 1, "EH": 2})

    assert told(ANNAS, review, answer) == [("CR", 4, 1, "accepted")]


def test_row_8_author_without_override_moves_the_base() -> None:
    """From captured payloads: Anna's own change counts, then Ben's is measured from it."""
    names = (
        "03_A_creates_annotation_from_prediction",
        "04_A_updates_own",
        "05_B_reviewer_updates_As_annotation",
    )

    assert told(*map(captured, names[:2])) == []
    assert told(*map(captured, names)) == [("correctness", 5, 2, "open")]


def test_row_8_untouched_values_stay_the_reviewers() -> None:
    """Anna saves another criterion; Ben's value does not become hers."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)
    save = make_snapshot(30, {"CR": 1, "EH": 3})
    state = folded(ANNAS, edit, save)
    standing = state.annotations[ANNAS.key].standings["CR"]

    assert told(ANNAS, edit, save) == [("CR", 4, 1, "open")]
    assert (standing.base, standing.value, standing.value_by) == (4, 1, BEN)


def test_row_8_page_left_open_is_flagged() -> None:
    """All of Ben's values undone in one save."""
    edit = make_snapshot(20, {"CR": 1, "EH": 5}, by=BEN)
    stale = make_snapshot(30, {"CR": 4, "EH": 2})

    assert [o.flags for o in overrides(ANNAS, edit, stale)] == [("stale_overwrite",)] * 2


def test_row_9_edit_opens_an_override() -> None:
    """From captured payloads of the real page."""
    names = (
        "31_UI_annotator_changes_correctness_then_submits",
        "32_UI_reviewer_overrides_update",
    )
    (found,) = overrides(*map(captured, names))

    assert (found.criterion, found.from_value, found.to_value) == ("correctness", 4, 2)
    assert (found.annotator, found.reviewer, found.via) == (ANNA, BEN, "edit")


def test_row_9_last_value_wins_and_all_are_kept() -> None:
    """`from` stays the annotator's."""
    first = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)
    second = make_snapshot(30, {"CR": 2, "EH": 2}, by=DORA)
    (found,) = overrides(ANNAS, first, second)

    assert (found.from_value, found.to_value, found.reviewer) == (4, 2, DORA)
    assert [o.value for o in found.history] == [1, 2]


def test_row_9_back_to_the_base_withdraws() -> None:
    """The reviewer takes his change back."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)
    back = make_snapshot(30, {"CR": 4, "EH": 2}, by=BEN)

    assert told(ANNAS, edit, back) == [("CR", 4, 1, "withdrawn")]


def test_row_9_unknown_base_is_for_the_console() -> None:
    """The first state seen is the reviewer's: what it was before nobody knows."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)

    assert told(edit) == []
    assert kinds(edit) == [EffectKind.PREVIOUS_UNKNOWN]


def test_row_9_another_reviewers_annotation_is_corrected() -> None:
    """Dora edits Ben's second annotation: no ticket."""
    review = make_snapshot(10, {"CR": 4}, **SECOND)
    edit = make_snapshot(20, {"CR": 1}, **{**SECOND, "by": DORA})

    assert told(ANNAS, review, edit) == []
    assert EffectKind.CORRECTION in kinds(ANNAS, review, edit)


def test_row_9_the_role_is_that_of_the_time() -> None:
    """Before his term a reviewer's edit is a foreign edit."""
    policy = ReviewPolicy(reviewers=(Reviewer(user=BEN, since=at(60)),))
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)

    assert told(ANNAS, edit, policy=policy) == []
    assert kinds(ANNAS, edit, policy=policy) == [EffectKind.FOREIGN_EDIT]


def test_row_9_small_difference_is_none_where_configured() -> None:
    """With a minimum of 2, one star is no override."""
    policy = replace(POLICY, min_difference=2)
    edit = make_snapshot(20, {"CR": 3, "EH": 5}, by=BEN)

    assert told(ANNAS, edit, policy=policy) == [("EH", 2, 5, "open")]


def test_row_9_only_a_new_sentence_is_the_reviewers() -> None:
    """A note that stood there before is not quoted."""
    first = make_snapshot(0, {"CR": 4, "EH": 2}, notes={"CR": "suggested", "EH": "suggested"})
    edit = make_snapshot(
        20, {"CR": 1, "EH": 5}, by=BEN, notes={"CR": "race on c.n", "EH": "suggested"}
    )

    assert [o.note for o in overrides(first, edit)] == ["race on c.n", ""]


def test_row_10_cleared_with_na_is_an_override_to_na() -> None:
    """N/A is a value."""
    edit = make_snapshot(20, {"CR": "na", "EH": 2}, by=BEN)

    assert told(ANNAS, edit) == [("CR", 4, "na", "open")]


def test_row_10_cleared_stars_are_only_logged() -> None:
    """A second click on a star clears it."""
    edit = make_snapshot(20, {"EH": 2}, by=BEN)

    assert told(ANNAS, edit) == []
    assert kinds(ANNAS, edit) == [EffectKind.CLEARED]


def test_row_11_agree_upholds() -> None:
    """Equal ratings and the review control on agree."""
    edit = make_snapshot(20, {"CR": 4, "EH": 2}, by=BEN, review="agree")

    assert told(ANNAS, edit) == []
    assert kinds(ANNAS, edit) == [EffectKind.UPHELD]


def test_row_11_equal_ratings_alone_say_nothing() -> None:
    """Unless the project lets stars count as agreement."""
    edit = make_snapshot(20, {"CR": 4, "EH": 2}, by=BEN, notes={"CR": "x"})

    assert effects(ANNAS, edit) == ()
    assert kinds(ANNAS, edit, policy=replace(POLICY, stars_agree=True)) == [EffectKind.UPHELD]


@pytest.mark.parametrize(("reason", "opens"), [("R7", True), ("R9", True), ("R6", False)])
def test_row_11_some_reasons_open_a_ticket_with_equal_ratings(reason: str, *, opens: bool) -> None:
    """A faulty rubric, task or feedback needs somebody, whatever the stars."""
    edit = make_snapshot(20, {"CR": 4, "EH": 2}, by=BEN, reasons=(reason,))

    assert told(ANNAS, edit) == ([("", None, None, "open")] if opens else [])


def test_row_11_reason_taken_back_withdraws() -> None:
    """The next save without it ends what it opened."""
    edit = make_snapshot(20, {"CR": 4, "EH": 2}, by=BEN, reasons=("R7",))
    back = make_snapshot(30, {"CR": 4, "EH": 2}, by=BEN)

    assert told(ANNAS, edit, back) == [("", None, None, "withdrawn")]


def test_row_11_reason_given_later_joins_the_override() -> None:
    """Ben names his reason in a second save."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)
    later = make_snapshot(30, {"CR": 1, "EH": 2}, by=BEN, reasons=("R1",))

    assert [(o.criterion, o.reasons) for o in overrides(ANNAS, edit, later)] == [("CR", ("R1",))]


def test_row_12_foreign_edit_alarms_and_the_base_stays() -> None:
    """An unlisted admin edits; a later review is measured from the annotator's value."""
    foreign = make_snapshot(20, {"CR": 1, "EH": 2}, by=ADMIN)
    edit = make_snapshot(30, {"CR": 2, "EH": 2}, by=BEN)

    assert kinds(ANNAS, foreign) == [EffectKind.FOREIGN_EDIT]
    assert told(ANNAS, foreign, edit) == [("CR", 4, 2, "open")]


def test_row_12_ground_truth_star_from_captured_payload_is_no_edit() -> None:
    """The admin's star sends ANNOTATION_UPDATED with equal ratings."""
    names = (
        "03_A_creates_annotation_from_prediction",
        "05_B_reviewer_updates_As_annotation",
        "08_admin_sets_ground_truth",
    )

    assert told(*map(captured, names)) == told(*map(captured, names[:2]))
    assert EffectKind.FOREIGN_EDIT not in kinds(*map(captured, names))


def test_row_13_second_annotation_changes() -> None:
    """Ben amends one criterion and takes another back in his own annotation."""
    review = make_snapshot(10, {"CR": 1, "EH": 5}, **SECOND)
    change = make_snapshot(20, {"CR": 2, "EH": 2}, **SECOND)

    assert told(ANNAS, review, change) == [("CR", 4, 2, "open"), ("EH", 2, 5, "withdrawn")]


def test_row_13_cleared_opinion_is_taken_back() -> None:
    """Absent in a second annotation means no opinion."""
    review = make_snapshot(10, {"CR": 1}, **SECOND)
    change = make_snapshot(20, {}, **SECOND)

    assert told(ANNAS, review, change) == [("CR", 4, 1, "withdrawn")]


def test_row_13_a_target_that_is_gone_is_compared_no_more() -> None:
    """What was voided stays so, whatever the reviewer changes afterwards."""
    review = make_snapshot(10, {"CR": 1}, **SECOND)
    gone = make_snapshot(15, gone=True)
    change = make_snapshot(20, {"CR": 2}, **SECOND)

    assert told(ANNAS, review, gone, change) == [("CR", 4, 1, "voided")]


def test_row_14_a_claimed_base_says_so() -> None:
    """The annotator's state was told in a delivery and overwritten before it could be fetched."""
    claimed = replace(ANNAS, verified=False)
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)
    (found,) = overrides(claimed, edit)

    assert (found.from_value, found.flags) == (4, ("base_claimed",))


def test_row_15_deleted_target_voids() -> None:
    """Deleted is not withdrawn."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)

    assert told(ANNAS, edit, make_snapshot(30, gone=True)) == [("CR", 4, 1, "voided")]


def test_row_15_deleted_second_annotation_withdraws() -> None:
    """The reviewer takes his opinion away."""
    review = make_snapshot(10, {"CR": 1}, **SECOND)
    gone = make_snapshot(30, **{**SECOND, "gone": True})

    assert told(ANNAS, review, gone) == [("CR", 4, 1, "withdrawn")]


def test_row_15_converted_annotation_can_still_be_overridden() -> None:
    """Within 24 hours."""
    gone = make_snapshot(5, gone=True)
    review = make_snapshot(10, {"CR": 1}, **SECOND)

    assert told(ANNAS, gone, review) == [("CR", 4, 1, "open")]


def test_row_17_the_author_stays() -> None:
    """completed_by is writable."""
    changed = make_snapshot(20, {"CR": 4, "EH": 2}, author=BEN, by=BEN)
    state = folded(ANNAS, changed)

    assert state.annotations[ANNAS.key].author == ANNA
    assert EffectKind.AUTHOR_CHANGED in kinds(ANNAS, changed)


def test_identity_is_id_and_creation_time() -> None:
    """After a reset the same id is another annotation."""
    reborn = make_snapshot(100, {"CR": 1}, created=100)

    assert len(folded(ANNAS, reborn).annotations) == 2
    assert told(ANNAS, reborn) == []


def test_empty_task_has_no_overrides() -> None:
    """Nothing in, nothing out."""
    assert folded() == State()
