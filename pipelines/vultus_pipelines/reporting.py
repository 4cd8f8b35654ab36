"""Pages that tell people how a run went."""

from dataclasses import dataclass
from pathlib import Path

import jinja2

import vultus
from vultus.data.media.atomic import replacing
from vultus_pipelines.diary import Note, read_notes
from vultus_pipelines.work import Work

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Conclusion:
    """How a run ended."""

    pipeline: str
    """Name of the pipeline."""

    state: str
    """"SUCCEEDED", "FAILED" or "CANCELLED"."""

    line: str
    """The same in a sentence, with the error where there was one."""

    remedy: str
    """What to do; "" where nothing is to be done."""

    notes: tuple[Note, ...]
    """What the steps said."""

    def write(self, path: str | Path) -> None:
        """Write the page."""
        # Not through the pages of metrics: whatever goes wrong, this step must come through, and soon.
        folders = [TEMPLATES, Path(vultus.__path__[0]) / "metrics" / "templates"]
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folders), autoescape=True, undefined=jinja2.StrictUndefined
        )
        page = environment.get_template("conclusion.html.j2").render(concluded=self)
        with replacing(Path(path)) as temporary:
            temporary.write_text(page, encoding="utf-8")


def conclusion_of(pipeline: str, state: str, message: str = "") -> Conclusion:
    """How the run at hand ended, from what its steps wrote down.

    Args:
        pipeline: Name of the pipeline.
        state: As Kubeflow says.
        message: What Kubeflow says of the error; used where no step said anything.
    """
    work = Work.open()
    notes = tuple(read_notes(work, work.run))
    failed = next((note for note in notes if note.reason), None)
    if failed is not None:
        line, remedy = f"The step {failed.step} failed: {failed.message}", failed.remedy
    elif state == "SUCCEEDED":
        line, remedy = f"{len(notes)} steps ran in {sum(note.seconds for note in notes):.0f} s.", ""
    else:
        line = f"A step ended without a word. {message}".strip()
        remedy = "Run it again: finished steps are kept, and a killed one goes on where it was."
    return Conclusion(pipeline, "FAILED" if failed else state, line, remedy, notes)
