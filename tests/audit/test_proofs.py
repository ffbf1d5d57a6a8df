"""Proofs of the tree: the ones we make verify, and nothing else does."""

import base64
import json

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from jianzhu.audit.merkle import (
    EMPTY_ROOT,
    BadProof,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from jianzhu.audit.vectors import verify_vector
from tests.audit.test_merkle import tree_hash

LEAVES = [str(n).encode() for n in range(70)]
NOISE = bytes(range(32))


def subtree(height, number):
    return tree_hash(LEAVES[number << height : (number + 1) << height])


def root(size):
    return tree_hash(LEAVES[:size])


def included(index, size, **other):
    said = {
        "index": index,
        "size": size,
        "leaf": leaf_hash(LEAVES[index]),
        "proof": inclusion_proof(index, size, subtree),
        "root": root(size),
    }
    return {**said, **other}


def consistent(old, new, **other):
    said = {
        "old": old,
        "new": new,
        "old_root": root(old),
        "new_root": root(new),
        "proof": consistency_proof(old, new, subtree),
    }
    return {**said, **other}


def refuses(verify, said):
    with pytest.raises(BadProof):
        verify(**said)


def test_every_leaf_of_every_size_is_proved():
    for size in range(1, 70):
        for index in range(size):
            verify_inclusion(**included(index, size))


def test_every_size_is_proved_the_beginning_of_every_larger_one():
    for new in range(1, 70):
        for old in range(1, new + 1):
            verify_consistency(**consistent(old, new))


def damaged(proof):
    """Every near miss of a list of nodes."""
    yield [*proof, NOISE]
    yield [NOISE, *proof]
    yield [*proof, b""]
    yield [b"", *proof]
    for i, node in enumerate(proof):
        yield [*proof[:i], *proof[i + 1 :]]
        yield [*proof[:i], node[:31], *proof[i + 1 :]]
        yield [*proof[:i], node + b"\0", *proof[i + 1 :]]
        yield [*proof[:i], bytes([node[0] ^ 8, *node[1:]]), *proof[i + 1 :]]
        yield [*proof[: i + 1], node, *proof[i + 1 :]]
    if len(set(proof)) > 1:
        yield proof[::-1]


@given(st.integers(1, 69), st.data())
def test_an_inclusion_proof_with_anything_wrong_is_refused(size, data):
    index = data.draw(st.integers(0, size - 1))
    right = included(index, size)

    for proof in damaged(right["proof"]):
        refuses(verify_inclusion, right | {"proof": proof})
    for other in {index - 1, index + 1, index ^ 2, size, 2**64 - 1, 2**64, -1} - {index}:
        refuses(verify_inclusion, right | {"index": other})
    for other in {size * 2, size // 2, 0, -1, 2**64} - {size}:
        refuses(verify_inclusion, right | {"size": other})
    for other in (EMPTY_ROOT, NOISE, b"", b"WrongRoot", right["root"][:31]):
        refuses(verify_inclusion, right | {"root": other})
        refuses(verify_inclusion, right | {"leaf": other})


@given(st.integers(2, 69), st.data())
def test_a_consistency_proof_with_anything_wrong_is_refused(new, data):
    old = data.draw(st.integers(1, new - 1))
    right = consistent(old, new)

    for proof in [*damaged(right["proof"]), []]:
        refuses(verify_consistency, right | {"proof": proof})
    for other in {old - 1, old + 1, old ^ 2, new, new + 1, 0, -1, 2**64} - {old}:
        refuses(verify_consistency, right | {"old": other})
    for other in {new * 2, new // 2, old, old - 1, 0, -1, 2**64} - {new}:
        refuses(verify_consistency, right | {"new": other})
    for other in (EMPTY_ROOT, NOISE, b"", b"WrongRoot"):
        refuses(verify_consistency, right | {"old_root": other})
        refuses(verify_consistency, right | {"new_root": other})
    refuses(
        verify_consistency,
        right | {"old_root": right["new_root"], "new_root": right["old_root"]},
    )


@pytest.mark.parametrize("size", [0, 1, 9])
def test_trees_of_one_size_are_one_tree_and_need_no_proof(size):
    same = {"old": size, "new": size, "old_root": NOISE, "new_root": NOISE}

    verify_consistency(**same, proof=[])
    refuses(verify_consistency, same | {"proof": [NOISE]})
    refuses(verify_consistency, same | {"proof": [], "new_root": EMPTY_ROOT})


def test_nothing_is_proved_from_an_empty_tree_nor_in_one():
    refuses(
        verify_consistency,
        {"old": 0, "new": 1, "old_root": EMPTY_ROOT, "new_root": root(1), "proof": []},
    )
    refuses(
        verify_inclusion,
        {"index": 0, "size": 0, "leaf": NOISE, "proof": [], "root": EMPTY_ROOT},
    )


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_frontier_tells_each_perfect_subtree_once(first, more):
    leaves = [leaf_hash(bytes([n % 256])) for n in range(first + more)]
    frontier = Frontier()
    told = [*frontier.grow(leaves[:first]), *frontier.grow(leaves[first:])]

    assert len({(h, n) for h, n, _ in told}) == len(told)
    nodes = {(0, n): h for n, h in enumerate(leaves)} | {(h, n): node for h, n, node in told}
    for height, number, node in told:
        left, right = nodes[height - 1, 2 * number], nodes[height - 1, 2 * number + 1]
        assert node == node_hash(left, right)


def b64(value):
    return base64.b64encode(value).decode()


@pytest.fixture
def vector():
    said = included(5, 13)
    return {
        "leafIdx": 5,
        "treeSize": 13,
        "leafHash": b64(said["leaf"]),
        "root": b64(said["root"]),
        "proof": [b64(node) for node in said["proof"]],
        "desc": "leaf 5 of 13",
        "wantErr": False,
    }


def test_the_command_says_ok_or_why_not(vector, tmp_path, capsys):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(vector))
    bad.write_text(json.dumps(vector | {"proof": vector["proof"][:-1], "wantErr": True}))

    call_command("proof_verify", str(good))
    with pytest.raises(SystemExit) as left:
        call_command("proof_verify", str(good), str(bad))
    call_command("proof_verify", "--expect", str(good), str(bad))

    assert left.value.code == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("good.json: ok")
    assert "refused: the proof has fewer nodes than the tree has levels" in said[2]


@pytest.mark.parametrize(
    "broken",
    [
        {"proof": "x"},
        {"proof": ["*"]},
        {"proof": [None]},
        {"leafIdx": "5"},
        {"leafIdx": True},
        {"treeSize": 13.0},
        {"leafHash": None},
        {"root": 7},
    ],
)
def test_a_vector_of_another_shape_is_refused_and_no_bug(vector, broken):
    with pytest.raises(BadProof):
        verify_vector(vector | broken)


@pytest.mark.parametrize("said", [{}, [], None, 3, {"proof": None}])
def test_what_is_no_vector_at_all_is_refused_too(said):
    with pytest.raises(BadProof):
        verify_vector(said)


def test_a_tree_of_one_leaf_may_have_null_for_its_proof():
    leaf = b64(leaf_hash(b""))
    verify_vector({"leafIdx": 0, "treeSize": 1, "root": leaf, "leafHash": leaf, "proof": None})
