"""Examples in the API's documentation: what a small fire in Bengkulu looks like."""

from drf_spectacular.utils import OpenApiExample

UNIT = {
    "id": 1,
    "callsign": "DK-01",
    "kind": "fire_engine",
    "agency_id": 1,
    "agency": "DAMKAR",
    "agency_kind": "fire",
    "station_id": 1,
    "station": "Pos Induk",
    "capabilities": ["fire_pump"],
    "profile": "fire_engine",
    "duty": "available",
    "status": "en_route",
    "in_quarters": False,
    "status_at": "2026-11-23T14:04:01Z",
    "assignment_id": 1,
    "incident_id": 1,
    "fix": {
        "lon": 102.2655,
        "lat": -3.7969,
        "recorded_at": "2026-11-23T14:04:30Z",
        "received_at": "2026-11-23T14:04:31Z",
        "speed_mps": 11.2,
        "heading_deg": 84,
        "accuracy_m": 8,
        "source": "gps",
    },
    "faults": {"count": 0, "last": None},
    "version": 4182,
}
ASSIGNMENT = {
    "id": 1,
    "unit_id": 1,
    "callsign": "DK-01",
    "status": "en_route",
    "assigned_at": "2026-11-23T14:03:40Z",
    "status_at": "2026-11-23T14:04:01Z",
    "eta_s": 220.4,
    "length_m": 2104.2,
    "position_source": "gps",
    "position_age_s": 8.1,
    "ended_at": None,
}
INCIDENT = {
    "id": 1,
    "number": "2026-000001",
    "type": "house_fire",
    "type_name": {"id": "Kebakaran rumah", "en": "House fire"},
    "agency_kind": "fire",
    "agency_ids": [1, 3],
    "priority": 1,
    "status": "dispatched",
    "lon": 102.27912,
    "lat": -3.81264,
    "location_source": "search",
    "words": "rumah terbakar belakang masjid Al Muhajirin",
    "place_words": "Jalan Kapuas III, Padang Harapan, Gading Cempaka",
    "street": "Jalan Kapuas III",
    "landmark": {"name": "Masjid Al Muhajirin", "distance_m": 80, "compass": "NE"},
    "kelurahan": "Padang Harapan",
    "kecamatan": "Gading Cempaka",
    "regency": "Kota Bengkulu",
    "outside": False,
    "opened_at": "2026-11-23T14:02:58Z",
    "first_dispatched_at": "2026-11-23T14:03:40Z",
    "on_scene_at": None,
    "closed_at": None,
    "result": "",
    "assignments": [ASSIGNMENT],
    "notices": [],
    "notes_count": 0,
    "call_ids": [1],
    "version": 4181,
}
CALL = {
    "id": 1,
    "line": "112",
    "number": "0812000041",
    "words": "",
    "status": "open",
    "taker": "sari",
    "taker_id": 7,
    "received_at": "2026-11-23T14:02:20Z",
    "answered_at": "2026-11-23T14:02:26Z",
    "ended_at": None,
    "disposition": None,
    "incident_id": None,
    "version": 4170,
}
RECOMMENDATION = {
    "incident_id": 1,
    "build": "20261123-kota-bengkulu",
    "computed_at": "2026-11-23T14:02:58Z",
    "slots": [
        {
            "capability": "fire_pump",
            "capability_name": {"id": "pompa pemadam", "en": "fire pump"},
            "count": 2,
            "shortfall": 1,
            "candidates": [
                {
                    "unit_id": 1,
                    "callsign": "DK-01",
                    "kind": "fire_engine",
                    "agency_kind": "fire",
                    "rank": 1,
                    "proposed": True,
                    "eta_s": 220,
                    "turnout_s": 80,
                    "travel_s": 140,
                    "length_m": 2104,
                    "snap_m": 4,
                    "position": {
                        "source": "gps",
                        "age_s": 8,
                        "freshness": "live",
                        "lon": 102.2655,
                        "lat": -3.7969,
                    },
                    "notes": [],
                    "route": {"type": "LineString", "coordinates": [[102.2655, -3.7969], [102.27912, -3.81264]]},
                }
            ],
        }
    ],
    "passed_over": [
        {
            "unit_id": 4,
            "callsign": "DK-02",
            "reason": "assigned",
            "air_m": 500,
            "detail": {"incident_id": 9, "incident": "2026-000009", "status": "on_scene"},
        }
    ],
}
TAKEN = {
    "error": {
        "code": "unit_taken",
        "message": "DK-01 was taken by sari at 21:03:40 for incident 2026-000001.",
        "field": "unit_ids",
        "detail": {
            "taken": [
                {
                    "unit_id": 1,
                    "callsign": "DK-01",
                    "by": "sari",
                    "at": "2026-11-23T14:03:40Z",
                    "clock": "21:03:40",
                    "incident_id": 1,
                    "incident_number": "2026-000001",
                }
            ]
        },
    }
}

CALL_EXAMPLE = OpenApiExample("A call", value=CALL, response_only=True)
INCIDENT_EXAMPLE = OpenApiExample("A house fire", value=INCIDENT, response_only=True)
RECOMMENDATION_EXAMPLE = OpenApiExample("Ranked units", value=RECOMMENDATION, response_only=True)
OPENED_EXAMPLE = OpenApiExample(
    "Opened, with ranked units",
    value={"incident": INCIDENT, "recommendation": RECOMMENDATION, "problem": None},
    response_only=True,
    status_codes=["201"],
)
NEW_INCIDENT_EXAMPLE = OpenApiExample(
    "A fire from a call",
    value={
        "type": "house_fire",
        "lon": 102.27912,
        "lat": -3.81264,
        "location_source": "search",
        "words": "rumah terbakar belakang masjid Al Muhajirin",
        "call_id": 1,
    },
    request_only=True,
)
ASSIGN_EXAMPLE = OpenApiExample("Send two engines", value={"unit_ids": [1, 3]}, request_only=True)
TAKEN_EXAMPLE = OpenApiExample("Taken by somebody else", value=TAKEN, response_only=True, status_codes=["409"])
MOVE_EXAMPLE = OpenApiExample(
    "Heard on the radio",
    value={"new": "on_scene", "told_at": "2026-11-23T14:07:21Z", "source": "radio"},
    request_only=True,
)
