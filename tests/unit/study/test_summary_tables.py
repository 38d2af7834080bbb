"""Technology, themes, saturation, agreement, memos and contexts, on projects that are small enough to count by hand."""

from pathlib import Path

import pytest
from small_projects import Small, guid

from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.mapping.model import Decisions
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.study.coders import Agreement
from qdpx_compassion.study.effects import NONE, tally_effects
from qdpx_compassion.study.summary import Options, Summary, summarise


def study(tmp_path: Path, small: Small, xml: str | None = None, options: Options | None = None) -> Summary:
    framework = load_framework()
    decided = {
        "Heard": ("recognising-suffering",),
        "Helping": ("acting-to-alleviate",),
        "Chat helps": ("enhances",),
        "Screen hides": ("detracts",),
        "Autonomy": ("match",),
        "Money": ("mismatch",),
        "Cheap": ("mismatch",),
    }
    decisions = Decisions(
        framework.id,
        {guid("code", name): constructs for name, constructs in decided.items()},
        {
            (guid("code", "Autonomy"), "organisational-fit"): "For autonomy",
            (guid("code", "Money"), "organisational-fit"): "Financial benefit",
            (guid("code", "Cheap"), "organisational-fit"): "Financial benefit",
        },
    )
    if xml is None:
        project = small.read(tmp_path)
    else:
        (tmp_path / "given.qde").write_text(xml, encoding="utf-8")
        project = read_project(tmp_path / "given.qde")

    def text(row: int) -> str | None:
        content = project.rows["sources"][row]
        return next((str(cell) for cell in content if isinstance(cell, str) and " " in cell), None)

    return summarise(project, framework=framework, decisions=decisions, texts=text, options=options)


def test_an_example_of_technology_meets_the_elements_that_it_overlaps(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "In the chat I was heard at once. The screen hides my face.")
    small.text("P2", "The screen hides her tears and nobody hears them.")
    small.coding("P1", "In the chat I was heard at once.", "Chat helps")
    small.coding("P1", "I was heard", "Heard")
    small.coding("P1", "The screen hides my face.", "Screen hides")
    small.coding("P2", "The screen hides her tears", "Screen hides")
    small.coding("P2", "tears and nobody hears", "Heard")
    summary = study(tmp_path, small)
    found = summary.effects["technology-effect"]
    assert [(one.construct, one.coding.participant, one.met, one.values) for one in found] == [
        ("enhances", "P1", ("recognising-suffering",), ["Heard"]),
        ("detracts", "P1", (), []),
        ("detracts", "P2", ("recognising-suffering",), ["Heard"]),
    ]
    tallies = tally_effects(found)
    assert len(tallies["detracts", NONE].places) == 1
    assert len(tallies["detracts", "recognising-suffering"].people) == 1
    assert ("enhances", NONE) not in tallies
    assert list(summary.values["value"]) == ["Heard"]  # examples of technology are no values


def test_codes_of_one_theme_count_together(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "It saves money. It is cheap. I decide.")
    small.text("P2", "It saves money.")
    small.coding("P1", "It saves money.", "Money")
    small.coding("P1", "It is cheap.", "Cheap")
    small.coding("P2", "It saves money.", "Money")
    small.coding("P1", "I decide.", "Autonomy")
    themes = study(tmp_path, small).themes
    assert list(zip(themes["construct"], themes["theme"], themes["participants"], themes["codings"], strict=True)) == [
        ("match", "For autonomy", 1, 1),
        ("mismatch", "Financial benefit", 2, 3),
    ]


def test_saturation_counts_what_nobody_before_held(tmp_path: Path) -> None:
    small = Small()
    for name in ("P10", "P2", "P1"):
        small.text(name, "heard and helped and free")
    small.coding("P1", "heard", "Heard")
    small.coding("P2", "heard", "Heard")
    small.coding("P2", "helped", "Helping")
    small.coding("P10", "free", "Freedom")
    summary = study(tmp_path, small)
    labels = list(summary.participants.table["label"])
    assert [(labels[step.row], step.values, step.new, step.so_far) for step in summary.saturation] == [
        ("P1", 1, ("Heard",), 1),
        ("P2", 2, ("Helping",), 2),
        ("P10", 1, ("Freedom",), 3),
    ]


def test_agreement_is_judged_in_sources_that_both_coded(tmp_path: Path) -> None:
    small = Small()
    for name in ("P1", "P2", "P3", "P4"):
        small.text(name, "heard and helped")
    for name in ("P1", "P2", "P3"):
        small.coding(name, "heard", "Heard", by="Ana")
    small.coding("P1", "heard and", "Heard", by="Bo")
    small.coding("P1", "helped", "Helping", by="Bo")
    small.coding("P2", "heard", "Heard", by="Bo")
    small.coding("P2", "helped", "Helping", by="Ana")
    small.coding("P4", "helped", "Helping", by="Bo")  # Ana did not code P4, Bo not P3
    found = study(tmp_path, small).agreement
    assert [(one.value, one.both, one.only_first, one.only_second, one.neither) for one in found] == [
        ("All values together", 2, 1, 1, 0),
        ("Heard", 2, 0, 0, 0),
        ("Helping", 0, 1, 1, 0),
    ]
    assert found[1].percent == 1.0
    assert found[1].kappa is None
    assert found[2].kappa == -1.0


def test_kappa_is_that_of_the_textbook() -> None:
    # Cohen's example of two raters: 20 both yes, 5 and 10 apart, 15 both no
    assert Agreement("a", "b", None, "", 20, 5, 10, 15).kappa == pytest.approx(0.4)


def test_every_note_and_comment_says_what_it_is_about(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "I was heard at once.")
    small.note("On the study", "Begun in May.")
    small.note("On Heard", "A wide code.")
    small.note("On this", "She wept.")
    small.note("Linked", "By a link.")
    selection = small.coding("P1", "heard", "Heard", inside="<Description>striking</Description>")
    xml = small.xml()
    code_note = f'<NoteRef targetGUID="{guid("note", "On Heard")}"/></Code>'
    xml = xml.replace("</Code></Codes>", f"{code_note}</Codes>", 1)
    xml = xml.replace("</Coding></Plain", f'<NoteRef targetGUID="{guid("note", "On this")}"/></Coding></Plain')
    link = f'<Link guid="{guid("link")}" originGUID="{guid("note", "Linked")}" targetGUID="{selection}"/>'
    xml = xml.replace("</Project>", f"<Links>{link}</Links></Project>")
    found = study(tmp_path, small, xml).memos
    assert [(one.kind, one.title, one.about, one.which, one.participant) for one in found] == [
        ("note", "On the study", "", "", ""),
        ("note", "On Heard", "code", "Heard", ""),
        ("note", "On this", "coding", "Heard: heard", "P1"),
        ("note", "Linked", "quotation", "heard", "P1"),
        ("comment", "", "quotation", "heard", "P1"),
    ]
    assert found[-1].text == "striking"


def test_the_words_before_and_after_a_quotation_are_cut_between_words(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "Nobody had ever asked me that before, and then I was heard at once by somebody who knew.")
    small.coding("P1", "I was heard", "Heard")
    summary = study(tmp_path, small, options=Options(context=20))
    assert summary.contexts[0] == ("… before, and then", "at once by somebody …")
    assert study(tmp_path, small, options=Options(context=0)).contexts == {}


def test_each_coder_counts_when_asked(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "I was heard at once.")
    small.coding("P1", "heard", "Heard", by="Ana")
    small.coding("P1", "heard", "Heard", by="Bo")
    assert study(tmp_path, small).values["codings"].item() == 1
    assert study(tmp_path, small, options=Options(coders="each")).values["codings"].item() == 2


def test_speakers_headings_and_uncoded_codes(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "I was heard at once.")
    small.coding("P1", "heard", "Values", "Heard")
    small.code("Values", "Never used")
    summary = study(tmp_path, small)
    assert list(zip(summary.values["value"], summary.values["codings"], strict=True)) == [
        ("Heard", 1),
        ("Never used", 0),
    ]
    book = summary.codebook.set_index("value")
    assert book.loc["Values", "codings"] == 0
    assert book.loc["Values", "codings_below"] == 1
    assert list(summary.not_mapped["value"]) == ["Heard"]  # the decision is about another code of that name


def test_codes_without_codings_and_a_single_group_are_told(tmp_path: Path) -> None:
    small = Small()
    for name in ("P1", "P2"):
        small.text(name, "heard", Role="client")
        small.coding(name, "heard", "Values", "Heard")
    small.code("Values", "Nobody's")
    found = {one.code: one.message for one in summarise(small.read(tmp_path)).findings}
    assert "“Nobody's”" in found["study-never-coded"]
    assert "“Values”" not in found["study-never-coded"]
    assert "client" in found["study-one-group"]


def test_a_value_of_the_only_participant_is_no_single_group(tmp_path: Path) -> None:
    small = Small()
    small.text("P1", "heard", Role="client")
    small.coding("P1", "heard", "Heard")
    assert not summarise(small.read(tmp_path)).findings
