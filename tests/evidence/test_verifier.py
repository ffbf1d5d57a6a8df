"""The small verifier, which has only the standard library, judges as the libraries do."""

import ast
import contextlib
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from jianzhu.audit.merkle import BadProof, inclusion_proof, leaf_hash, verify_inclusion
from settlements.evidence import verifier
from settlements.evidence.verifier import ORDER, Bad, ed25519_verifies, root_of, values_of
from tests.audit.test_proofs import damaged, root, subtree


def test_it_needs_nothing_but_the_standard_library():
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    names = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert names - set(sys.stdlib_module_names) == set()


@settings(max_examples=15)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_a_signature_verifies_and_any_changed_bit_of_it_does_not(seed, message, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    spoiled = bytearray(signature)
    spoiled[bit // 8] ^= 1 << bit % 8

    assert ed25519_verifies(public, message, signature)
    assert not ed25519_verifies(public, message, bytes(spoiled))
    assert not ed25519_verifies(public, message + b"x", signature)


@pytest.mark.parametrize(
    "public", [b"\x00" * 32, b"\x01" + b"\x00" * 31, b"\xff" * 32, b"", b"x" * 31]
)
@pytest.mark.parametrize("signature", [b"\x00" * 64, b"\xff" * 64, b"", b"\x01" + b"\x00" * 63])
def test_odd_keys_and_signatures_are_judged_as_the_library_judges(public, signature):
    def library():
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, b"m")
        except Exception:
            return False
        return True

    assert ed25519_verifies(public, b"m", signature) == library()


def test_the_second_form_of_a_signature_is_refused():
    """S and S + L would both fit the equation; only the smaller is a signature (RFC 8032 §5.1.7)."""
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    signature = key.sign(b"m")
    doubled = int.from_bytes(signature[32:], "little") + ORDER

    other = signature[:32] + doubled.to_bytes(32, "little")
    assert not ed25519_verifies(key.public_key().public_bytes_raw(), b"m", other)


@given(st.integers(1, 69), st.data())
def test_inclusion_is_judged_as_the_server_judges_it(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaf = leaf_hash(str(index).encode())
    proof = inclusion_proof(index, size, subtree)

    assert root_of(leaf, index, size, proof) == root(size)
    for other in damaged(proof):
        with pytest.raises(BadProof):
            verify_inclusion(index=index, size=size, leaf=leaf, proof=other, root=root(size))
        with contextlib.suppress(Bad):
            assert root_of(leaf, index, size, other) != root(size)


@settings(max_examples=60)
@given(
    st.lists(
        st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        min_size=2,
        max_size=6,
    )
)
def test_a_rows_text_is_read_as_postgresql_wrote_it(django_db_setup, django_db_blocker, values):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        marks = ", ".join(["%s::text"] * len(values))
        cursor.execute(f"SELECT ROW({marks})::text", values)
        (row,) = cursor.fetchone()

    assert values_of(row) == values


@pytest.mark.parametrize("document", [None, [], {}, 3, "x", {"format": "jianzhu-evidence/1"}])
def test_what_is_no_document_does_not_verify_and_is_no_crash(document):
    assert not verifier.verify_document(document).ok


def test_whatever_the_verifier_says_is_told_in_chinese_too():
    from django.utils import translation

    from settlements.evidence import sayings

    said = {
        "signed by the log:       key": "日志已签名",
        "countersigned at 1790000000: key": "见证方已副署",
        "projects_punch 7: it is not what event 3 sealed: the record was changed": "被改动",
        "event 3: its line of projects_punch 7 is not as it was told: it was changed": "关于",
        "bodies/1.bin: it is not what the manifest says: the file was changed": "与清单不符",
        "a record: damaged (KeyError: 'row')": "已损坏",
    }
    with translation.override("zh-hans"):
        for sentence, chinese in said.items():
            assert chinese in sayings.told(sentence), sentence
        untold = [s for _, s in sayings.PATTERNS if translation.gettext(s) == s]
        assert sayings.told("something new") == "something new"

    assert untold == []
