"""`leafdesk users keep`: who is kept, the reason when that cannot be, and a sync that respects it."""

from tests.shell import Shell


def test_keep_one_and_then_everybody(signed_in: Shell) -> None:
    told = signed_in.json("users", "keep")
    first, *others = [one["id"] for one in told["users"]]
    assert told["kept"] == [first, *others] and told["put_away"] == 0
    fields = signed_in.json("fields", "list")
    kept = signed_in.json("users", "keep", first)
    assert kept["kept"] == [first] and kept["put_away"] > 0
    assert {one["id"]: one["kept"] for one in signed_in.json("users", "list")} == {first: True} | dict.fromkeys(
        others, False
    )
    assert {one["leafUserId"] for one in signed_in.json("fields", "list")} == {first}
    assert "not kept here" in signed_in("sync", "--leaf-user", others[0], ends=2).err
    signed_in("sync")
    assert {one["leafUserId"] for one in signed_in.json("fields", "list")} == {first}
    back = signed_in("users", "keep", "--all")
    assert "no" not in back.out.split()
    signed_in("sync")
    assert {one["id"] for one in signed_in.json("fields", "list")} == {one["id"] for one in fields}


def test_refusals_are_bad_input(signed_in: Shell) -> None:
    users = [one["id"] for one in signed_in.json("users", "list")]
    mine = next(
        one for one in signed_in.json("fields", "list") if one["leafUserId"] == users[1] and not one["providerName"]
    )
    signed_in("fields", "edit", mine["id"], "--name", "Waiting Ground")
    refused = signed_in("users", "keep", users[0], ends=2)
    assert "did not reach Leaf yet" in refused.err
    assert {one["leafUserId"] for one in signed_in.json("fields", "list")} >= set(users[:2])
    assert "not both" in signed_in("users", "keep", users[0], "--all", ends=2).err
    assert "no Leaf user" in signed_in("users", "keep", "nobody", ends=2).err
