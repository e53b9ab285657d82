"""One emulated approval system for each module."""

from collections.abc import Iterator

import pytest

from tests.approval.office import Office, office


@pytest.fixture(scope="module")
def running_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office")) as running:
        yield running


@pytest.fixture
def city(running_office: Office) -> Office:
    """Without a fault, taking everything."""
    running_office.has("none")
    running_office.control.do("refuse", code="")
    running_office.control.do("decide_at_once", decision="")
    return running_office
