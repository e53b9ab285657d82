"""Cuts the power at moments of a recorded life and looks at what may be found afterwards."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .opening import Opening, Truth, tells
from .operations import Say
from .recording import Recording
from .volume import Volume


@dataclass(slots=True)
class Swept:
    """How much was looked at, and what did not hold. `images`: different ones, or under a stronger demand."""

    moments: int = 0
    images: int = 0
    said: int = 0
    wrong: list[str] = field(default_factory=list)


def telling(recording: Recording) -> dict[int, Say]:
    """Places in the life at which a lock is pulled or a fact is published, in the moment before."""
    return {
        place: one for place, one in enumerate(recording.operations) if isinstance(one, Say) and tells(one)
    }


def volumes(recording: Recording, places: Collection[int]) -> Iterator[tuple[int, Volume]]:
    """The volume just before the operations at these places (the last one may be the end)."""
    volume = Volume()
    for place, operation in enumerate(recording.operations):
        if place in places:
            yield place, volume
        volume.take(operation)
    if len(recording.operations) in places:
        yield len(recording.operations), volume


def end_of(recording: Recording) -> Volume:
    """The volume after everything."""
    ((_, volume),) = volumes(recording, [len(recording.operations)])
    return volume


def sweep(
    recording: Recording,
    places: Collection[int],
    scratch: Path,
    *,
    cells: tuple[str, ...],
    most: int,
    seed: int,
) -> Swept:
    """Look at images of cuts before the operations at these places, about `most` of each. `scratch`: a new folder."""
    scratch.mkdir()
    end_of(recording).all_kept().put_down(scratch / "end")
    says, swept, rng = telling(recording), Swept(), Random(seed)
    demanded: dict[str, int] = {}  # by digest: how many facts an image that was looked at had to have
    with Opening(scratch, Truth.of(scratch / "end"), cells) as opening:
        for place, volume in volumes(recording, places):
            cabinet = recording.stood(recording.operations[place].at_s)
            safe, said = 0, says.get(place)
            for number, image in enumerate(volume.images(rng, most)):
                digest, is_safest = image.digest, number == 0
                if demanded.get(digest, -1) >= safe and not (is_safest and said):
                    safe = max(safe, demanded[digest]) if is_safest else safe
                    continue
                found = opening.look(image, cabinet, at_least=safe, says=said if is_safest else None)
                safe = found.facts if is_safest else safe
                demanded[digest] = safe
                swept.images += 1
                swept.wrong += [f"seed {seed}, cut {place}, image {number}: {what}" for what in found.wrong]
            swept.moments += 1
            swept.said += said is not None
    return swept
