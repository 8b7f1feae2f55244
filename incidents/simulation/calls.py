"""Calls as an Indonesian centre gets them: nearly all noise. Pure.

Where the numbers come from: of 13,746 calls in Kota Bengkulu in 2024, 106 were real (0.77 %). Kinds of noise:
Purworejo's 1,147 prank, 1,170 ghost and 455 information calls. Kinds of emergencies: the 213 incidents of
Kabupaten Sumenep's centre by type, with the snakes, trees and accidents that Bengkulu reports. A demo with one
emergency in 83 hours would show nothing, so emergencies come at a rate of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

NOISE = {"ghost": 1170, "prank": 1147, "information": 455, "wrong_number": 60, "test": 20}
EMERGENCIES = {
    "house_fire": 40,
    "land_fire": 12,
    "vehicle_fire": 4,
    "snake": 23,
    "hornets": 5,
    "sick_person": 22,
    "fallen_tree": 20,
    "mental_health": 14,
    "road_accident": 18,
    "childbirth": 5,
    "cardiac": 6,
    "flood": 8,
    "drowning": 4,
    "public_order": 9,
    "power_line": 4,
}
SAID = {
    "ghost": ("(hening)", "(suara kendaraan, tidak ada yang bicara)"),
    "prank": ("(anak-anak tertawa)", "Pak, pesan nasi goreng satu.", "Halo, ini pacar saya ya?"),
    "information": (
        "Mau tanya nomor PLN, Pak.",
        "Jam buka kantor dukcapil jam berapa ya?",
        "Tanya jadwal samsat keliling.",
        "Mau cek BPJS saya aktif atau tidak.",
    ),
    "wrong_number": ("Maaf, salah sambung.",),
    "test": ("Tes, tes. Cuma coba nomornya.",),
    "house_fire": ("Kebakaran rumah, Pak! Api sudah besar, {place}.", "Ada asap tebal dari rumah kosong {place}."),
    "land_fire": ("Lahan kosong terbakar {place}, apinya mendekati rumah.",),
    "vehicle_fire": ("Mobil terbakar di jalan, {place}.",),
    "snake": ("Ada ular masuk rumah {place}, besar Pak.", "Ular sanca di selokan {place}."),
    "hornets": ("Sarang tawon besar di pohon {place}, sudah ada yang disengat.",),
    "sick_person": ("Butuh ambulans Pak, ibu saya sakit, lemas sekali, {place}.",),
    "fallen_tree": ("Pohon tumbang menutup jalan {place}.",),
    "mental_health": ("Ada ODGJ mengamuk {place}, bawa parang.",),
    "road_accident": ("Kecelakaan, motor tabrakan dengan mobil {place}, ada yang luka.",),
    "childbirth": ("Istri saya mau melahirkan, ketuban sudah pecah, {place}.",),
    "cardiac": ("Bapak saya sakit dada, susah napas, {place}.",),
    "flood": ("Banjir, air masuk rumah sampai lutut, {place}.",),
    "drowning": ("Ada anak tenggelam {place}, tolong cepat!",),
    "public_order": ("Ada tawuran anak sekolah {place}.",),
    "power_line": ("Kabel listrik putus melintang di jalan {place}.",),
}
PREFIXES = ("0811", "0812", "0813", "0821", "0822", "0852", "0853", "0857", "0895")
REPEATERS = 6  # numbers that most prank calls come from
MAX_PER_HOUR = 1200.0


@dataclass(frozen=True)
class Place:
    """Somewhere in the region, as people call it."""

    lon: float
    lat: float
    name: str


@dataclass(frozen=True)
class PlannedCall:
    """A call to come: after_s seconds after the one before it. truth: a disposition, or a type's code."""

    after_s: float
    number: str
    words: str
    truth: str
    place: Place | None

    @property
    def is_emergency(self) -> bool:
        """Whether somebody needs help."""
        return self.place is not None


class CallPattern:
    """An endless, seeded row of calls."""

    def __init__(
        self, rng: Random, places: Sequence[Place], *, noise_per_hour: float, emergencies_per_hour: float
    ) -> None:
        self._rng = rng
        self._places = places
        self._emergencies_per_hour = emergencies_per_hour if places else 0.0
        self._per_hour = min(noise_per_hour + self._emergencies_per_hour, MAX_PER_HOUR)
        self._pranksters = [self._fresh_number() for _ in range(REPEATERS)]

    def next(self) -> PlannedCall | None:
        """The next call; None when none ever comes."""
        if self._per_hour <= 0:
            return None
        after_s = self._rng.expovariate(self._per_hour / 3600)
        is_emergency = self._rng.random() * self._per_hour < self._emergencies_per_hour
        return self._emergency(after_s) if is_emergency else self._noise(after_s)

    def _emergency(self, after_s: float) -> PlannedCall:
        truth, place = self._draw(EMERGENCIES), self._rng.choice(self._places)
        words = self._rng.choice(SAID[truth]).format(place=f"di dekat {place.name}")
        return PlannedCall(after_s, self._fresh_number(), words, truth, place)

    def _noise(self, after_s: float) -> PlannedCall:
        truth = self._draw(NOISE)
        repeats = truth == "prank" and self._rng.random() < 0.7
        number = self._rng.choice(self._pranksters) if repeats else self._fresh_number()
        return PlannedCall(after_s, number, self._rng.choice(SAID[truth]), truth, None)

    def _draw(self, weights: dict[str, int]) -> str:
        return self._rng.choices(list(weights), weights=list(weights.values()))[0]

    def _fresh_number(self) -> str:
        return f"{self._rng.choice(PREFIXES)}{self._rng.randrange(10**7, 10**8)}"
