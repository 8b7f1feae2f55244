"""The arguments of script/server, and its refusals."""

import socket
import subprocess
from pathlib import Path

import pytest

from script.lib import options
from script.lib.paths import ROOT
from script.lib.progress import Trouble


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PORT", "HOST", "WORKERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GEO112_CALLED_FROM", str(tmp_path))
    for name in ("Isle-of-Man_2020.osm.pbf", "kel.geojson", "kec.geojson", "places.geojson", "fleet.csv"):
        (tmp_path / name).touch()


def test_plain_start_is_the_demo_on_this_machine_only() -> None:
    wish = options.read([])
    assert (wish.demo, wish.host, wish.port, wish.database) == (True, "127.0.0.1", 8112, "geo112_demo")


def test_live_and_demo_never_share_a_database() -> None:
    names = {
        options.read(words).database
        for words in (
            [],
            ["--no-demo"],
            ["--osm", "Isle-of-Man_2020.osm.pbf"],
            ["--no-demo", "--osm", "Isle-of-Man_2020.osm.pbf"],
        )
    }
    assert names == {"geo112_demo", "geo112", "geo112_demo_isle_of_man_2020", "geo112_isle_of_man_2020"}


def test_layers_keep_their_order_and_get_whole_paths(tmp_path: Path) -> None:
    layers = ["--boundaries", "kec.geojson", "--level", "kecamatan", "--name-field", "nama"]
    layers += ["--boundaries", "kel.geojson", "--level", "kelurahan", "--name-field", "NAMOBJ"]
    extract = ["--osm", "Isle-of-Man_2020.osm.pbf"]
    wish = options.read([*extract, *layers, "--places", "places.geojson", "--fleet", "fleet.csv"])
    assert wish.region == (
        *(str(tmp_path / "Isle-of-Man_2020.osm.pbf"), "--boundaries", str(tmp_path / "kec.geojson")),
        *("--level", "kecamatan", "--name-field", "nama"),
        *("--boundaries", str(tmp_path / "kel.geojson"), "--level", "kelurahan", "--name-field", "NAMOBJ"),
        *("--places", str(tmp_path / "places.geojson")),
    )
    assert wish.fleet == tmp_path / "fleet.csv"
    assert len(wish.files) == 4


def test_tls_is_for_phones_and_so_for_the_network() -> None:
    wish = options.read(["--tls"])
    assert (wish.tls, wish.host) == ((), "0.0.0.0")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--osm", "nowhere.pbf"], "There is no file nowhere.pbf"),
        (["--boundaries", "kel.geojson"], "go with --osm"),
        (["--tls", "kel.geojson"], "two files"),
        (["--fleet", "no.csv"], "There is no file no.csv"),
    ],
)
def test_refusals_say_what_is_wrong(words: list[str], sentence: str) -> None:
    with pytest.raises(Trouble, match=sentence):
        options.read(words)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "８１１２x"])
def test_ports_that_are_none(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Trouble, match="PORT must be a number from 1 to 65535"):
        options.read([])


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("kota-bengkulu-pusat-rdtr-2024-derived.osm.pbf", "kota_bengkulu_pusat_rdtr_2024_derived"),
        ("Liechtenstein.osm.gz", "liechtenstein"),
        ("Ünïcode nämes.osm", "n_code_n_mes"),
        (".osm.pbf", "region"),
        ("x" * 90 + ".pbf", "x" * 40),
    ],
)
def test_region_names_fit_into_database_names(file: str, part: str) -> None:
    assert options.slug(file) == part


def test_a_taken_port_is_one_sentence_before_anything_is_installed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [ROOT / "script" / "server"],
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"script/server: Port {port} is taken by another program: stop it, or choose another port: "
        f"PORT={port + 1} script/server.\n"
    )
