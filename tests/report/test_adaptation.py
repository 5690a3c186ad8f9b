"""What is said of an adaptation: a limit that was counted on rows says how surely it holds."""

import pytest

from whytransfer.report.adaptation import facts


def summary(ceiling):
    return {"adaptation": {"claims": [ceiling], "setting": None}, "candidates": []}


@pytest.mark.parametrize(
    ("upper", "confidence", "said"),
    [
        (0.1073, 0.95, "the error is at most 0.108 above the source model's (95% sure, proved)"),
        (0.0, None, "the error is the source model's, which is kept"),
    ],
)
def test_the_worst_case_says_how_surely(upper, confidence, said):
    ceiling = {
        "id": "loss_ceiling", "estimate": 0.05, "upper": upper, "confidence": confidence, "level": "proved", "unit": "error",
    }  # fmt: skip
    assert dict(facts(summary(ceiling)))["at worst"] == said
