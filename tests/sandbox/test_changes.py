"""What writes do: fields, boundaries and their history, previews, farms, growers, and refusals."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import from_geojson
from leafdesk.sandbox import Refused, Sandbox

Json = dict[str, Any]
Square = Callable[..., Json]
CHOSEN = "5f0c8b1e-3d6f-4c58-9a53-0a3c1d2e4f60"


def _path(field: Json, more: str = "") -> str:
    return f"/users/{field['leafUserId']}/fields/{field['id']}{more}"


def test_a_field_keeps_the_id_the_client_chose(client: Any, sandbox: Sandbox, manual: Json, square: Square) -> None:
    user = manual["leafUserId"]
    made = client.write("POST", f"/users/{user}/fields", {"id": CHOSEN, "name": "The Wedge", "geometry": square()})
    assert made.status_code == 201
    assert made.json()["id"] == CHOSEN
    assert made.json()["geometry"] == square()
    assert made.json()["area"]["value"] == pytest.approx(area_ha(from_geojson(square())), rel=1e-12)
    again = client.write("POST", f"/users/{user}/fields", {"id": CHOSEN, "name": "Other", "geometry": square(0.1)})
    assert again.status_code == 400
    assert again.json()["errorKey"] == "fieldAlreadyExists"
    assert again.json()["title"] == f"You already have a field with id {CHOSEN}. Please, chose other id"
    assert client.get(f"/users/{user}/fields/{CHOSEN}").json()["name"] == "The Wedge"
    assert not {"providerName", "geometry", "area"} & client.get(f"/users/{user}/fields/{CHOSEN}").json().keys()


def test_ids_that_are_no_uuid_are_taken_or_not(raw: Any, sandbox: Sandbox, manual: Json, square: Square) -> None:
    path = f"/services/fields/api/users/{manual['leafUserId']}/fields"
    assert raw.post(path, json={"id": "idTest", "geometry": square()}).status_code == 201
    assert raw.post(path, json={"id": "", "geometry": square()}).status_code == 400
    sandbox.leaf.choices = replace(sandbox.leaf.choices, any_field_id=False)
    assert raw.post(path, json={"id": "idTest2", "geometry": square()}).status_code == 400


def test_without_an_id_every_create_makes_a_field(client: Any, manual: Json, square: Square) -> None:
    path = f"/users/{manual['leafUserId']}/fields"
    ids = {client.write("POST", path, {"geometry": square()}).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_farm_id_is_no_key_of_create(client: Any, manual: Json, square: Square) -> None:
    body = {"geometry": square(), "farmId": manual["farmId"]}
    answer = client.write("POST", f"/users/{manual['leafUserId']}/fields", body)
    assert answer.status_code == 400
    assert "farmId" in answer.json()["detail"]


@pytest.mark.parametrize("way", ["put", "patch"])
def test_a_new_geometry_leaves_history(client: Any, sandbox: Sandbox, manual: Json, square: Square, way: str) -> None:
    old = client.get(_path(manual, "/boundary")).json()
    if way == "put":
        new = client.write("PUT", _path(manual, "/boundary"), {"geometry": square()}).json()
    else:
        assert client.write("PATCH", _path(manual), {"geometry": square()}).status_code == 200
        new = client.get(_path(manual, "/boundary")).json()
    assert new["status"] == "ACTIVE"
    assert new["geometry"] == square()
    field = client.get(_path(manual)).json()
    assert field["boundaries"] == [*manual["boundaries"], new["id"]]
    assert field["updatedTime"] == new["createdTime"] > manual["updatedTime"]
    before = client.get(_path(manual, f"/boundaries/{old['id']}")).json()
    assert before == old | {"status": "INACTIVE", "updatedTime": new["createdTime"]}
    assert [b["status"] for b in client.get(_path(manual, "/boundaries")).json()].count("ACTIVE") == 1


def test_a_repeated_put_adds_another_boundary(client: Any, manual: Json, square: Square) -> None:
    first = client.write("PUT", _path(manual, "/boundary"), {"geometry": square()}).json()
    second = client.write("PUT", _path(manual, "/boundary"), {"geometry": square()}).json()
    assert first["id"] != second["id"]
    assert client.get(_path(manual)).json()["boundaries"][-2:] == [first["id"], second["id"]]


def test_coordinates_come_back_unchanged(client: Any, manual: Json, square: Square) -> None:
    shape = square()
    ring = [[-93.48821000000001, 41.771371234567891], [-93.4881700000002, 41.5], [-93.4, 41.76068, 301.5]]
    shape["coordinates"] = [[[*ring, ring[0]]]]
    made = client.write("PUT", _path(manual, "/boundary"), {"geometry": shape}).json()
    assert made["geometry"] == shape
    assert client.get(_path(manual, "/boundary")).json()["geometry"] == shape


def test_times_have_six_digits_and_only_rise(client: Any, manual: Json, square: Square) -> None:
    times = [client.write("PUT", _path(manual, "/boundary"), {"geometry": square()}).json() for _ in range(5)]
    stamps = [boundary["createdTime"] for boundary in times]
    assert stamps == sorted(set(stamps))
    assert {len(stamp) for stamp in stamps} == {len("2026-01-31T12:00:00.000000Z")}


def _rings(*rings: list[list[float]]) -> Json:
    return {"type": "MultiPolygon", "coordinates": [list(rings)]}


BOX = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]]


def _box(x: float, y: float, size: float) -> list[list[float]]:
    return [[x, y], [x, y + size], [x + size, y + size], [x + size, y], [x, y]]


@pytest.mark.parametrize(
    ("geometry", "title"),
    [
        (_rings([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "Self-intersection  at POINT (0.5 0.5)"),
        (_rings(BOX, _box(9, 9, 1)), "Hole lies outside shell"),
        (_rings(BOX, _box(1, 1, 2), _box(1.5, 1.5, 0.5)), "Holes are nested"),
        (_rings(BOX, _box(1, 1, 1), _box(1, 1, 1)), "Duplicate Rings"),
        (_rings([[0, 0], [2, 2], [4, 0], [4, 4], [2, 2], [0, 4], [0, 0]]), "Ring Self-intersection  at POINT (2"),
        (_rings(BOX, [[0, 2], [2, 4], [4, 2], [2, 0], [0, 2]]), "Interior is disconnected"),
        (_rings([[0, 0], [1, 0], [0, 0], [0, 0]]), "Too few"),
        (_rings([[0, 0], [1, 0], [200, 1], [0, 0]]), "Invalid Coordinate"),
        ({"type": "MultiPolygon", "coordinates": [[BOX], [_box(1, 1, 1)]]}, "Nested shells"),
        ({"type": "Polygon", "coordinates": [BOX]}, "Geometry type is not allowed"),
    ],
)
def test_invalid_geometry_is_refused_in_the_words_of_jts(
    client: Any, sandbox: Sandbox, manual: Json, geometry: Json, title: str
) -> None:
    for answer in (
        client.write("PUT", _path(manual, "/boundary"), {"geometry": geometry}),
        client.write("PATCH", _path(manual), {"geometry": geometry, "name": "New name"}),
        client.write("POST", f"/users/{manual['leafUserId']}/fields", {"geometry": geometry}),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["errorKey"]) == (400, "invalidGeometry")
        assert problem["title"].startswith(f"Invalid geometry: {title}")
        assert problem["title"] == problem["message"]
    assert sandbox.leaf.field(manual["id"]) == manual  # the name was not taken either


@pytest.mark.parametrize(
    ("geometry", "detail"),
    [
        (_rings(BOX[:-1]), "Points of LinearRing do not form a closed linestring"),
        (_rings([[0, 0], [1, 1], [0, 0]]), "Invalid number of points in LinearRing"),
        (_rings([[0, 0], [1, "x"], [1, 1], [0, 0]]), "not a number"),
        ({"type": "MultiPolygon"}, "geometry is missing"),
        ("none", "Cannot read the value of geometry"),
    ],
)
def test_what_the_parser_stops_at_has_no_error_key(client: Any, manual: Json, geometry: Any, detail: str) -> None:
    answer = client.write("PUT", _path(manual, "/boundary"), {"geometry": geometry})
    assert answer.status_code == 400
    assert detail in answer.json()["detail"]
    assert answer.json()["detail"].startswith("JSON parse error: ")
    assert "errorKey" not in answer.json()
    assert answer.json()["path"].startswith("/api/users/")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"geometry": NaN}', b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_json_object(client: Any, manual: Json, body: bytes) -> None:
    answer = client.ask("PUT", _path(manual, "/boundary"), content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")


def test_a_body_beyond_measure_is_refused(client: Any, sandbox: Sandbox, manual: Json) -> None:
    body = b'{"name":"' + b"x" * (9 * 1024 * 1024) + b'"}'
    answer = client.ask("PATCH", _path(manual), content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "larger than 8 MB" in answer.json()["title"]


def test_provider_fields_are_changed_at_the_provider(
    client: Any, sandbox: Sandbox, provided: Json, square: Square
) -> None:
    answers = [
        client.write("PATCH", _path(provided), {"name": "Mine"}),
        client.write("PUT", _path(provided, "/boundary"), {"geometry": square()}),
        client.ask("DELETE", _path(provided)),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert sandbox.leaf.field(provided["id"]) == provided
    sandbox.leaf.choices = replace(sandbox.leaf.choices, provider_refusal=400, provider_boundary_writable=True)
    assert client.ask("DELETE", _path(provided)).status_code == 400
    assert client.write("PUT", _path(provided, "/boundary"), {"geometry": square()}).status_code == 200


def test_names_of_provider_and_manual_fields(provided: Json, manual: Json) -> None:
    assert "name" not in provided
    assert provided["providerFieldName"]
    assert manual["name"]
    assert "providerFieldName" not in manual


def test_delete(client: Any, sandbox: Sandbox, manual: Json) -> None:
    gone = client.ask("DELETE", _path(manual))
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.ask("DELETE", _path(manual)).status_code == 404
    assert client.get(_path(manual)).status_code == 404
    assert client.get(_path(manual, "/boundary")).status_code == 404
    assert manual["id"] not in sandbox.leaf.farm(manual["farmId"])["fieldIds"]


def test_moving_a_field_to_another_farm(client: Any, sandbox: Sandbox, manual: Json) -> None:
    user = manual["leafUserId"]
    farm = client.write("POST", f"/users/{user}/farms", {"name": "South Farm"}).json()
    moved = client.write("PATCH", _path(manual), {"farmId": farm["id"]}).json()
    assert moved["farmId"] == farm["id"]
    assert manual["id"] not in sandbox.leaf.farm(manual["farmId"])["fieldIds"]
    assert sandbox.leaf.farm(farm["id"])["fieldIds"] == [manual["id"]]
    stranger = next(farm for farm in sandbox.leaf.all("farms") if farm["leafUserId"] != user)
    assert client.write("PATCH", _path(manual), {"farmId": stranger["id"]}).status_code == 400


def test_farms_and_growers(client: Any, sandbox: Sandbox, manual: Json) -> None:
    user = manual["leafUserId"]
    grower = client.write("POST", f"/users/{user}/growers", {"name": "Smith Farms"}).json()
    farm = client.write("POST", f"/users/{user}/farms", {"name": "A", "growerId": grower["id"]}).json()
    twin = client.write("POST", f"/users/{user}/farms", {"name": "A", "growerId": grower["id"]}).json()
    assert farm["id"] != twin["id"]  # nothing is unique: a blind repeat makes a twin
    assert client.get(f"/users/{user}/growers/{grower['id']}").json()["farmIds"] == [farm["id"], twin["id"]]
    other = client.write("POST", f"/users/{user}/growers", {"name": "Other"}).json()
    body = {"name": "B", "growerId": other["id"]}
    changed = client.write("PUT", f"/users/{user}/farms/{twin['id']}", body).json()
    assert (changed["name"], changed["growerId"]) == ("B", other["id"])
    assert sandbox.leaf.grower(grower["id"])["farmIds"] == [farm["id"]]
    renamed = client.write("PUT", f"/users/{user}/growers/{other['id']}", {"name": "Olive & Sons"}).json()
    assert (renamed["name"], renamed["farmIds"]) == ("Olive & Sons", [twin["id"]])


def test_another_users_records_are_not_found(client: Any, sandbox: Sandbox, manual: Json) -> None:
    stranger = next(user for user in sandbox.leaf.all("users") if user["id"] != manual["leafUserId"])
    assert client.get(f"/users/{stranger['id']}/fields/{manual['id']}").status_code == 404
    assert client.get(f"/users/{stranger['id']}/farms/{manual['farmId']}").status_code == 404


def test_preview_waits_and_becomes_a_field(client: Any, sandbox: Sandbox, preview: Json) -> None:
    sandbox.leaf.choices = replace(sandbox.leaf.choices, processed_after_s=None)
    assert preview["boundaries"] == []
    assert client.get(_path(preview, "/boundary")).status_code == 404
    assert client.get(_path(preview, "/boundaries")).json() == []
    assert client.ask("POST", _path(preview, "/enableSync")).is_success
    assert client.get(_path(preview)).json()["status"] == "WAITING"
    assert client.get(_path(preview, "/boundary")).status_code == 404
    assert sandbox.leaf.run_provider_sync() == [preview["id"]]
    field = client.get(_path(preview)).json()
    boundary = client.get(_path(preview, "/boundary")).json()
    assert (field["status"], field["boundaries"]) == ("PROCESSED", [boundary["id"]])
    assert boundary["area"]["value"] > 3
    assert client.ask("POST", _path(preview, "/enableSync")).is_success
    assert client.get(_path(preview)).json() == field


def test_waiting_ends_by_itself(client: Any, sandbox: Sandbox, preview: Json) -> None:
    client.ask("POST", _path(preview, "/enableSync"))
    assert client.get(_path(preview)).json()["status"] == "WAITING"
    sandbox.leaf.choices = replace(sandbox.leaf.choices, processed_after_s=0)
    assert client.get(_path(preview)).json()["status"] == "PROCESSED"


def test_enabling_a_grower_enables_its_previews_only(client: Any, sandbox: Sandbox) -> None:
    farms = {farm["id"]: farm for farm in sandbox.leaf.all("farms")}
    fields = sandbox.leaf.all("fields")
    waiting = [f for f in fields if f["status"] == "PREVIEW" and farms[f["farmId"]].get("growerId")]
    grower = farms[waiting[0]["farmId"]]["growerId"]
    client.write("POST", "/growers/enableSync", {"growerIds": [grower]})
    for field in fields:
        mine = farms[field["farmId"]].get("growerId") == grower and field["status"] == "PREVIEW"
        assert sandbox.leaf.field(field["id"])["status"] == ("WAITING" if mine else field["status"])


def test_histories_may_come_in_pages(client: Any, sandbox: Sandbox, manual: Json, square: Square) -> None:
    for n in range(25):
        sandbox.leaf.redraw(manual["id"], square(n / 1000))
    path = _path(manual, "/boundaries")
    total = len(manual["boundaries"]) + 25
    assert len(client.get(path).json()) == total
    sandbox.leaf.choices = replace(sandbox.leaf.choices, history_is_paged=True)
    assert len(client.get(path).json()) == 20
    assert len(client.get(path, page=1, size=20).json()) == total - 20
    assert client.get(path).headers["X-Total-Count"] == str(total)


def test_foreign_changes_reach_provider_fields(client: Any, sandbox: Sandbox, provided: Json, square: Square) -> None:
    crossed = _rings([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]])
    sandbox.leaf.redraw(provided["id"], crossed)
    boundary = client.get(_path(provided, "/boundary")).json()
    assert (boundary["validity"], boundary["geometry"]) == ("SELF_INTERSECTION", crossed)
    sandbox.leaf.change("fields", provided["id"], providerFieldName="Renamed")
    assert client.get(_path(provided)).json()["providerFieldName"] == "Renamed"
    sandbox.leaf.remove(provided["id"])
    assert client.get(_path(provided)).status_code == 404
    with pytest.raises(Refused):
        sandbox.leaf.field(provided["id"])


def test_users_carry_secrets_that_a_client_must_drop(client: Any) -> None:
    users = client.get("/services/usermanagement/api/users").json()
    assert any(user.get("johnDeereCredentials") for user in users)
