"""What files of the project promise: documented variables, hashed requirements, no registry, no default secret."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from script.lib.paths import APPS, REQUIREMENTS, ROOT, VENV, Command

SECRETS = ("POSTGRES_PASSWORD", "GEO112_OWNER_PASSWORD", "GEO112_APP_PASSWORD", "SECRET_KEY")
REQUIREMENT = re.compile(r"^([A-Za-z0-9_.\[\]-]+)==(\S+)", re.MULTILINE)


def documented() -> set[str]:
    """Variables that have a row of their own in docs/operating.md."""
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "docs" / "operating.md").read_text(), re.MULTILINE))


def read_in(files: list[Path], pattern: str) -> set[str]:
    return {name for file in files for name in re.findall(pattern, file.read_text())}


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    modules = [file for app in APPS for file in (ROOT / app).rglob("*.py")]
    settings = read_in(modules, r'env_(?:text|flag|int)\(\s*"([A-Z0-9_]+)"')
    assert "DATABASE_URL" in settings
    scripts = read_in(sorted((ROOT / "script" / "lib").glob("*.py")), r'(?:environ\.get\(|_number\()"([A-Z0-9_]+)"')
    assert settings - documented() == set()
    assert documented() - settings - scripts == set()


def requirements(name: str) -> dict[str, str]:
    return dict(REQUIREMENT.findall((REQUIREMENTS / name).read_text()))


@pytest.mark.parametrize("name", ["base.txt", "dev.txt", "uv.txt", "node.txt"])
def test_every_requirement_has_a_hash_and_no_registry_is_named(name: str) -> None:
    text = (REQUIREMENTS / name).read_text()
    packages = re.split(r"\n(?=[A-Za-z0-9])", "\n".join(x for x in text.splitlines() if not x.startswith("#")))
    assert packages
    assert [package[:40] for package in packages if "--hash=sha256:" not in package] == []
    assert "://" not in text
    assert "index-url" not in text


def test_tests_run_on_the_versions_that_are_served() -> None:
    base, dev = requirements("base.txt"), requirements("dev.txt")
    assert {name: dev.get(name) for name in base} == base


def test_browser_libraries_are_pinned_by_content_not_by_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    libraries = {name: entry for name, entry in lock["packages"].items() if name}
    assert libraries["node_modules/maplibre-gl"]["version"].startswith("6.")
    assert [name for name, entry in libraries.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, entry in libraries.items() if "resolved" in entry] == []


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_compose_has_no_default_secret(compose: dict[str, Any]) -> None:
    values = {
        f"{service}.{name}": str(value)
        for service, entry in compose["services"].items()
        for name, value in entry["environment"].items()
        if name in SECRETS
    }
    assert {name.partition(".")[2] for name in values} == set(SECRETS)
    wrong = [name for name, value in values.items() if not re.fullmatch(r"\$\{[A-Z0-9_]+:\?[^}]+\}", value)]
    assert wrong == []


def test_only_set_up_holds_the_keys_to_the_tables(compose: dict[str, Any]) -> None:
    for service in ("web", "worker"):
        assert not {"POSTGRES_PASSWORD", "GEO112_OWNER_PASSWORD"} & set(compose["services"][service]["environment"])


def test_compose_keeps_data_in_named_volumes_and_watches_health(compose: dict[str, Any]) -> None:
    services = compose["services"]
    used = {volume.partition(":")[0] for entry in services.values() for volume in entry["volumes"]}
    assert used == set(compose["volumes"]) == {"database", "data"}
    assert all("healthcheck" in services[name] for name in ("db", "web", "worker"))
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["set-up"] == {"condition": "service_completed_successfully"}


def tool(*names: str) -> str:
    """A program that is not part of the project's requirements; the test is skipped, saying so, without it."""
    for name in names:
        found = shutil.which(name) or (str(VENV / "bin" / name) if (VENV / "bin" / name).exists() else None)
        if found:
            return found
    pytest.skip(f"not here: {names[0]}")


def test_docker_compose_takes_the_file_and_asks_for_each_secret() -> None:
    program = tool("docker-compose")
    environment = dict.fromkeys((*SECRETS, "ALLOWED_HOSTS"), "x") | {"PATH": "/usr/bin:/bin"}
    command: Command = [program, "-f", ROOT / "docker-compose.yml", "config", "--quiet"]
    whole = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (whole.returncode, whole.stdout) == (0, ""), whole.stderr
    for secret in SECRETS:
        without = {name: value for name, value in environment.items() if name != secret}
        done = subprocess.run(command, env=without, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert f"set {secret}" in done.stderr


def test_hadolint_accepts_the_dockerfile() -> None:
    done = subprocess.run([tool("hadolint"), ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
