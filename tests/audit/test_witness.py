"""Heads are signed notes; the witness finds what the log's own signature can't show."""

import base64
import re
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from jianzhu.audit import commands, queries
from jianzhu.audit.keys import log_key, log_signer
from jianzhu.audit.merkle import Frontier, leaf_hash, verify_consistency, verify_inclusion
from jianzhu.audit.models import AuditLeaf, AuditSeal
from jianzhu.audit.notes import BadNote, PublicKey, Signer, verify
from jianzhu.audit.proofs import Tree, head_over, prove
from jianzhu.audit.witness import Inconsistent, Witness, heads_seen, leaves_seen
from jianzhu.management.commands.witness import look
from tests.audit.ground import as_superuser
from tests.audit.test_log import AT, do

LEAVES = [leaf_hash(str(n).encode()) for n in range(20)]
LOG = Signer.of("log.example", 1, "the log's secret")


def note(leaves, signer=LOG):
    frontier = Frontier()
    frontier.extend(leaves)
    return signer.note(frontier.size, frontier.root)


@pytest.fixture(autouse=True)
def _empty(transactional_db):
    as_superuser("TRUNCATE jianzhu_auditevent")


@pytest.fixture
def witness(tmp_path):
    witness = Witness.enter(tmp_path / "witness", "witness.example")
    witness.pin(LOG.public)
    return witness


def again(witness):
    """The same folder, entered by a new process."""
    return Witness.enter(witness.folder, "witness.example")


def test_a_head_is_a_note_of_the_specifications_form():
    said = note(LEAVES[:3])

    assert re.fullmatch(r"log\.example\n3\n[\w+/]{43}=\n\n— log\.example [\w+/]{91}=\n", said)
    name, ident, key = str(LOG.public).split("+", 2)
    assert (name, base64.b64decode(key)[0], len(ident)) == ("log.example", 1, 8)
    assert PublicKey.parse(str(LOG.public)) == LOG.public


@pytest.mark.parametrize(
    "damage",
    [
        lambda n: n.replace("3\n", "4\n", 1),
        lambda n: n.replace("log.example\n", "log.examplf\n", 1),
        lambda n: n.replace("— log", "- log"),
        lambda n: n.replace("\n\n", "\n"),
        lambda n: n.rstrip("\n"),
        lambda n: n.replace("= ", "= x\n", 1) + "x",
        lambda n: n[:-10] + "AAAAAAAA=\n",
        lambda n: n.split("\n\n")[0] + "\n\n",
        lambda n: note(LEAVES[:3], Signer.of("log.example", 1, "another secret")),
        lambda n: "",
    ],
)
def test_a_damaged_note_is_refused(damage):
    with pytest.raises(BadNote):
        verify(damage(note(LEAVES[:3])), LOG.public)


@pytest.mark.parametrize("vkey", ["", "x", "a+b", "log.example+00000000+AQ==", "a+b+c+d"])
def test_a_damaged_key_is_refused(vkey):
    with pytest.raises(BadNote):
        PublicKey.parse(vkey)


def test_the_witness_countersigns_what_continues_what_it_saw(witness):
    for first, size in ((0, 3), (3, 4), (4, 13)):
        said = note(LEAVES[:size])
        line = witness.see(said, LEAVES[first:size], AT)
        assert verify(said + line, witness.signer.public).size == size

    assert again(witness).size == 13
    assert leaves_seen(witness.folder) == LEAVES[:13]


@pytest.mark.parametrize(
    ("leaves", "shown"),
    [
        (LEAVES[:4], []),  # the tail was cut
        ([*LEAVES[:4], LEAVES[9]], []),  # another leaf at the same size
        ([*LEAVES[:2], LEAVES[9], *LEAVES[3:8]], LEAVES[5:8]),  # an old leaf written anew
        (LEAVES[:8], LEAVES[5:7]),  # a leaf not shown
        (LEAVES[:8], LEAVES[4:8]),  # a leaf shown twice
    ],
)
def test_the_witness_refuses_another_history_for_ever(witness, leaves, shown):
    witness.see(note(LEAVES[:5]), LEAVES[:5], AT)

    for one in (witness, again(witness)):
        with pytest.raises(Inconsistent):
            one.see(note(leaves), shown, AT)

    assert [h["size"] for h in heads_seen(witness.folder)] == [5]
    assert (witness.folder / "refused").read_text().count("\n") == 2


def test_the_witness_knows_the_logs_key(witness):
    stranger = Signer.of("log.example", 1, "the database superuser's own")

    with pytest.raises(BadNote):
        witness.see(note(LEAVES[:2], stranger), LEAVES[:2], AT)


@pytest.mark.parametrize("file", ["leaves", "heads"])
def test_a_witness_killed_while_writing_goes_on_from_its_last_whole_head(witness, file):
    witness.see(note(LEAVES[:5]), LEAVES[:5], AT)
    with (witness.folder / file).open("ab") as out:
        out.write(b'{"size": 7, "ro')

    later = again(witness)
    later.see(note(LEAVES[:8]), LEAVES[5:8], AT)

    assert again(later).size == 8


def test_every_event_is_proved_under_the_countersigned_head(transactional_db, witness, settings):
    settings.WITNESS_VKEY = str(witness.signer.public)
    (witness.folder / "log.vkey").write_text(str(log_key()))
    do(count=300)
    commands.seal(at=AT)
    assert look(witness)
    do(count=300)
    commands.seal(at=AT)
    assert look(again(witness))
    assert not look(again(witness))

    head = head_over(17)
    assert head is not None
    assert head.witnessed
    assert head.size == 600
    assert verify(head.note, log_key()) == verify(head.note, witness.signer.public)
    for one in prove(
        dict.fromkeys(AuditLeaf.objects.values_list("event_id", flat=True), ()), head.size
    ):
        verify_inclusion(
            index=one.leaf,
            size=head.size,
            leaf=leaf_hash(one.content),
            proof=one.proof,
            root=head.root,
        )
    old = AuditSeal.objects.get(tree_size=300)
    verify_consistency(
        old=300,
        new=600,
        old_root=bytes(old.root),
        new_root=head.root,
        proof=Tree().consistency(300, 600),
    )
    found = queries.verify(witness.folder)
    assert (found.faults, found.witnessed) == ((), 2)


def test_a_log_written_anew_with_its_own_key_is_found_and_its_event_named(
    transactional_db, witness, settings
):
    """Somebody with every right of the server and the log's key makes a perfect new log."""
    settings.WITNESS_VKEY = str(witness.signer.public)
    (witness.folder / "log.vkey").write_text(str(log_key()))
    do(count=5)
    commands.seal(at=AT)
    look(witness)
    target = AuditLeaf.objects.get(pk=2).event_id

    as_superuser(
        f"""UPDATE jianzhu_auditevent SET actor = 'nobody' WHERE id = {target};
            DELETE FROM jianzhu_auditleaf; DELETE FROM jianzhu_auditseal;
            DELETE FROM jianzhu_cosignature"""
    )
    commands.seal(at=AT)

    assert queries.verify().faults == ()
    faults = queries.verify(witness.folder).faults
    assert f"event {target} is not what the witness saw as leaf 2" in faults
    with pytest.raises(Inconsistent):
        look(again(witness))


def test_a_tail_cut_cleanly_is_found(transactional_db, witness):
    (witness.folder / "log.vkey").write_text(str(log_key()))
    do(count=5)
    commands.seal(at=AT)
    do(count=5)
    commands.seal(at=AT)
    witness.see(
        AuditSeal.objects.get(tree_size=10).note,
        [bytes(h) for h in AuditLeaf.objects.order_by("pk").values_list("hash", flat=True)],
        AT,
    )

    as_superuser(
        """DELETE FROM jianzhu_auditevent WHERE id IN
               (SELECT event_id FROM jianzhu_auditleaf WHERE id >= 5);
           DELETE FROM jianzhu_auditleaf WHERE id >= 5;
           DELETE FROM jianzhu_auditseal WHERE tree_size > 5"""
    )

    assert queries.verify().faults == ()
    assert "the log was cut: the witness saw 5 more leaves, from 5 on" in (
        queries.verify(witness.folder).faults
    )
    with pytest.raises(Inconsistent, match="was cut"):
        look(again(witness))


def test_a_head_with_a_signature_of_another_key_is_found(transactional_db):
    do(count=3)
    commands.seal(at=AT)
    seal = AuditSeal.objects.get()
    other = Signer.of(log_signer().name, 1, "another").note(3, bytes(seal.root))

    as_superuser(f"UPDATE jianzhu_auditseal SET note = '{other}'")

    assert any("head at size 3 is not signed" in said for said in queries.verify().faults)


def test_the_command_looks_once_and_refuses_loudly(transactional_db, settings, tmp_path, capsys):
    settings.WITNESS_DIR = tmp_path / "witness"
    do(count=3)
    commands.seal(at=datetime.now(UTC))
    with pytest.raises(SystemExit) as fine:
        call_command("witness", once=True)
    call_command("audit_verify")
    as_superuser(
        """DELETE FROM jianzhu_auditleaf; DELETE FROM jianzhu_auditseal;
           UPDATE jianzhu_auditevent SET actor = 'nobody' WHERE subject_id = 1"""
    )
    with pytest.raises(SystemExit) as refused:
        call_command("witness", once=True)
    with pytest.raises(SystemExit) as broken:
        call_command("audit_verify")

    assert (fine.value.code, refused.value.code, broken.value.code) == (0, 1, 1)
    said = capsys.readouterr()
    assert "REFUSED: the log was cut" in said.err
    assert "(1 countersigned)" in said.out
