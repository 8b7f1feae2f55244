from geo112.bus import Changes


def test_ids_add_up() -> None:
    changes = Changes()
    changes.add("units:1,2")
    changes.add("units:2,3")
    assert changes.wanted("units") == {1, 2, 3}
    assert changes.wanted("calls") == set()
    assert changes


def test_all_swallows_ids() -> None:
    changes = Changes()
    changes.add("incidents:1")
    changes.add("incidents:all")
    changes.add("incidents:2")
    assert changes.wanted("incidents") is None


def test_a_new_build_changes_everything() -> None:
    changes = Changes()
    changes.add("build:abc")
    assert all(changes.wanted(kind) is None for kind in ("units", "incidents", "calls"))


def test_unknown_kind_changes_nothing() -> None:
    changes = Changes()
    changes.add("weather:1")
    assert not changes
