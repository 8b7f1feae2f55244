"""The incident types that ship with the project, and how they get into the database.

Which types a real centre meets: the 15 of Kabupaten Sumenep's 112 centre, and what Kota Bengkulu
reported for 2023 and 2024 (fire, snakes, fallen trees, accidents). Which units each needs is OUR OWN
PROPOSAL, to be edited by the city in the admin: loading never changes a type that is there.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.db import transaction

from incidents.models import IncidentType, ResponseSlot
from maps.actor import set_actor


@dataclass(frozen=True)
class Shipped:
    """One shipped type. slots: (capability, units), in the order of the plan. words: see IncidentType."""

    code: str
    name_id: str
    name_en: str
    agency_kind: str
    priority: int
    slots: tuple[tuple[str, int], ...]
    words: tuple[str, ...]


TYPES = (
    Shipped("house_fire", "Kebakaran rumah", "House fire", "fire", 1,
            (("fire_pump", 2), ("ambulance", 1)),
            ("kebakaran", "kebakaran rumah", "rumah terbakar", "rumah kebakar*", "terbakar", "kebakar",
             "api", "asap", "korsleting", "fire", "house fire", "burning", "smoke")),
    Shipped("building_fire", "Kebakaran gedung atau pasar", "Building or market fire", "fire", 1,
            (("fire_pump", 3), ("fire_ladder", 1), ("water_tender", 1), ("ambulance", 1)),
            ("kebakaran gedung", "gedung terbakar", "kebakaran pasar", "pasar terbakar",
             "kebakaran toko", "kebakaran ruko", "ruko terbakar", "kebakaran hotel", "kebakaran sekolah",
             "building fire", "market fire", "shop fire")),
    Shipped("vehicle_fire", "Kebakaran kendaraan", "Vehicle fire", "fire", 1,
            (("fire_pump", 1), ("ambulance", 1)),
            ("mobil terbakar", "motor terbakar", "truk terbakar", "bus terbakar", "kebakaran mobil",
             "kebakaran motor", "car fire", "vehicle fire", "car on fire")),
    Shipped("land_fire", "Kebakaran lahan", "Grass or land fire", "fire", 2,
            (("fire_pump", 1), ("water_tender", 1)),
            ("kebakaran lahan", "lahan terbakar", "kebakaran hutan", "kebun terbakar", "kebakaran kebun",
             "semak terbakar", "bakar sampah", "sampah terbakar", "grass fire", "bush fire")),
    Shipped("gas_leak", "Kebocoran gas", "Gas leak", "fire", 1,
            (("fire_pump", 1), ("ambulance", 1)),
            ("gas bocor", "bocor gas", "kebocoran gas", "bau gas", "tabung gas", "elpiji", "lpg",
             "gas leak", "smell of gas")),
    Shipped("road_accident", "Kecelakaan lalu lintas", "Road accident", "medical", 1,
            (("ambulance", 1), ("rescue", 1), ("police", 1)),
            ("kecelakaan", "kecelakaan lalu lintas", "laka lantas", "laka", "tabrakan", "tertabrak",
             "ditabrak", "nabrak", "tabrak lari", "terlindas", "motor jatuh", "jatuh dari motor",
             "terguling", "accident", "crash", "collision", "hit by a car", "run over")),
    Shipped("cardiac", "Serangan jantung atau henti jantung", "Cardiac emergency", "medical", 1,
            (("ambulance_als", 1),),
            ("serangan jantung", "jantung", "sakit dada", "nyeri dada", "dada sakit", "henti jantung",
             "tidak bernapas", "tidak bernafas", "heart attack", "cardiac", "chest pain", "not breathing")),
    Shipped("unconscious", "Tidak sadar", "Unconscious person", "medical", 1,
            (("ambulance", 1),),
            ("pingsan", "tidak sadar", "tak sadar", "nggak sadar", "kejang", "stroke", "unconscious",
             "fainted", "seizure")),
    Shipped("childbirth", "Melahirkan", "Childbirth", "medical", 1,
            (("ambulance", 1),),
            ("melahirkan", "mau melahirkan", "persalinan", "bersalin", "ketuban", "hamil", "kontraksi",
             "pendarahan hamil", "childbirth", "in labour", "giving birth", "pregnant")),
    Shipped("injury", "Cedera berat", "Serious injury", "medical", 1,
            (("ambulance", 1),),
            ("luka", "luka berat", "berdarah", "pendarahan", "perdarahan", "patah tulang", "jatuh dari",
             "tersengat listrik", "kesetrum", "luka bakar", "kecelakaan kerja", "injury", "injured",
             "bleeding", "electric shock", "burned")),
    Shipped("sick_person", "Orang sakit, butuh ambulans", "Sick person, ambulance needed", "medical", 2,
            (("ambulance", 1),),
            ("ambulan", "ambulans", "ambulance", "sakit", "sesak", "sesak napas", "sesak nafas", "demam",
             "muntah", "rujuk*", "sick", "ill", "short of breath")),
    Shipped("poisoning", "Keracunan atau gigitan berbisa", "Poisoning or venomous bite", "medical", 1,
            (("ambulance", 1),),
            ("keracunan", "racun", "digigit ular", "gigitan ular", "tergigit ular", "tersengat",
             "poison*", "snake bite", "bitten by a snake")),
    Shipped("mental_health", "Gangguan jiwa (ODGJ)", "Mental health crisis", "medical", 2,
            (("ambulance", 1), ("police", 1)),
            ("odgj", "orang gila", "gangguan jiwa", "mengamuk", "ngamuk", "bunuh diri", "suicide",
             "mental")),
    Shipped("drowning", "Orang tenggelam", "Drowning", "sar", 1,
            (("water_rescue", 1), ("ambulance", 1)),
            ("tenggelam", "hanyut", "terseret ombak", "terseret arus", "drowning", "drowned",
             "swept away")),
    Shipped("missing_at_sea", "Kecelakaan laut, orang hilang di laut", "Accident or person missing at sea", "sar", 1,
            (("water_rescue", 1), ("rescue", 1)),
            ("hilang di laut", "kapal tenggelam", "perahu terbalik", "kapal terbalik", "perahu karam",
             "kapal karam", "nelayan hilang", "kapal hilang", "missing at sea", "boat sank", "capsized",
             "fisherman missing")),
    Shipped("missing_person", "Orang hilang", "Missing person", "sar", 2,
            (("rescue", 1), ("police", 1)),
            ("orang hilang", "anak hilang", "hilang di hutan", "tersesat", "pendaki hilang",
             "missing person", "missing child", "lost in the forest")),
    Shipped("trapped", "Orang terjebak atau terjepit", "Person trapped", "sar", 1,
            (("rescue", 1), ("ambulance", 1)),
            ("terjebak", "terjepit", "masuk sumur", "jatuh ke sumur", "terkunci", "cincin", "lift macet",
             "trapped", "stuck in", "fell into a well")),
    Shipped("building_collapse", "Bangunan runtuh", "Building collapse", "sar", 1,
            (("rescue", 2), ("ambulance", 2), ("disaster", 1)),
            ("runtuh", "ambruk", "roboh", "bangunan runtuh", "rumah roboh", "tertimbun",
             "tertimpa bangunan", "collapse*")),
    Shipped("flood", "Banjir", "Flood", "disaster", 2,
            (("disaster", 1), ("evacuation", 1)),
            ("banjir", "kebanjiran", "air naik", "terendam", "air masuk rumah", "luapan", "meluap",
             "flood*")),
    Shipped("landslide", "Tanah longsor", "Landslide", "disaster", 1,
            (("disaster", 1), ("rescue", 1), ("ambulance", 1)),
            ("longsor", "tanah longsor", "tebing runtuh", "tertimbun longsor", "landslide", "mudslide")),
    Shipped("earthquake", "Kerusakan gempa bumi", "Earthquake damage", "disaster", 1,
            (("disaster", 1), ("rescue", 1), ("ambulance", 1)),
            ("gempa", "gempa bumi", "earthquake")),
    Shipped("tsunami", "Evakuasi tsunami", "Tsunami evacuation", "disaster", 1,
            (("evacuation", 2), ("disaster", 1), ("ambulance", 1)),
            ("tsunami", "air laut surut", "air laut naik", "evakuasi tsunami", "sea has drawn back")),
    Shipped("storm", "Angin kencang atau puting beliung", "Storm damage", "disaster", 2,
            (("disaster", 1),),
            ("puting beliung", "angin kencang", "badai", "atap terbang", "storm", "whirlwind",
             "roof blown")),
    Shipped("fallen_tree", "Pohon tumbang", "Fallen tree", "disaster", 2,
            (("disaster", 1),),
            ("pohon tumbang", "pohon roboh", "pohon jatuh", "tumbang", "dahan patah", "fallen tree",
             "tree fell", "tree down")),
    Shipped("evacuation", "Evakuasi warga", "Evacuation of people", "disaster", 2,
            (("evacuation", 1),),
            ("evakuasi", "mengungsi", "pengungsi*", "evacuat*")),
    Shipped("snake", "Ular atau hewan buas", "Snake or wild animal", "fire", 3,
            (("snake", 1),),
            ("ular", "ular masuk rumah", "sanca", "kobra", "piton", "buaya", "biawak", "monyet",
             "harimau", "beruang", "hewan liar", "hewan buas", "anjing gila", "snake", "crocodile",
             "wild animal", "monitor lizard")),
    Shipped("hornets", "Sarang tawon", "Hornets' nest", "fire", 3,
            (("snake", 1),),
            ("tawon", "sarang tawon", "lebah", "sarang lebah", "tawon vespa", "hornet*", "wasp*", "bees")),
    Shipped("animal_rescue", "Penyelamatan hewan", "Animal rescue", "fire", 3,
            (("snake", 1),),
            ("kucing", "kucing terjebak", "sapi masuk", "kambing masuk", "cat stuck", "animal stuck",
             "kitten")),
    Shipped("power_line", "Kabel atau tiang listrik roboh", "Power line or pole down", "disaster", 2,
            (("disaster", 1),),
            ("kabel listrik", "kabel putus", "tiang listrik", "tiang roboh", "listrik putus",
             "trafo meledak", "power line", "cable down", "electricity pole")),
    Shipped("crime", "Kejahatan", "Crime in progress", "police", 1,
            (("police", 1),),
            ("pencuri*", "maling", "begal", "rampok", "perampokan", "dirampok", "penusukan", "ditusuk",
             "dibacok", "senjata", "pembunuhan", "kdrt", "pemerkosaan", "penculikan", "thief", "robbery",
             "stabbed", "burglar*", "kidnap*")),
    Shipped("public_order", "Gangguan keamanan dan ketertiban", "Disturbance of public order", "police", 2,
            (("police", 1),),
            ("tawuran", "perkelahian", "berkelahi", "keributan", "ribut", "balap liar", "mabuk",
             "demo ricuh", "fight", "riot", "disturbance", "drunk")),
    Shipped("traffic", "Gangguan lalu lintas", "Traffic obstruction", "police", 3,
            (("police", 1),),
            ("macet", "macet total", "lampu merah mati", "jalan tertutup", "truk mogok", "jalan rusak",
             "traffic jam", "road blocked")),
    Shipped("other", "Keadaan darurat lain", "Other emergency", "disaster", 2,
            (),
            ()),
)  # fmt: skip


@transaction.atomic
def load_types() -> int:
    """Create the shipped types that are missing; a type that is there keeps what the city made of it.

    To do without a type, take it out of use instead of deleting it. Returns how many were created.
    """
    known = set(IncidentType.objects.values_list("code", flat=True))
    missing = [(order, shipped) for order, shipped in enumerate(TYPES, 1) if shipped.code not in known]
    created = IncidentType.objects.bulk_create(_type(shipped, order) for order, shipped in missing)
    ResponseSlot.objects.bulk_create(
        ResponseSlot(type=type_, capability=capability, count=count, order=place)
        for type_, (_, shipped) in zip(created, missing, strict=True)
        for place, (capability, count) in enumerate(shipped.slots, 1)
    )
    return len(missing)


def _type(shipped: Shipped, order: int) -> IncidentType:
    return IncidentType(
        code=shipped.code,
        name_id=shipped.name_id,
        name_en=shipped.name_en,
        agency_kind=shipped.agency_kind,
        default_priority=shipped.priority,
        words=list(shipped.words),
        order=order,
    )


def load_after_migrate(sender: AppConfig, **kwargs: Any) -> None:
    """Signal receiver: the types are there after every migration (and after a test emptied the tables)."""
    if "incidenttype" in kwargs.get("apps", apps).all_models["incidents"]:
        set_actor("command:migrate")
        load_types()
        set_actor("")
