"""Trains all parts of the understanding from the entries and the word lists; keeps them by a hash of both."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from knowledge import classifier
from knowledge.classifier import Ridge
from knowledge.confidence import Confidence, Logistic
from knowledge.entry import Entry
from knowledge.lexicon import listed
from knowledge.ranking import OUTSIDE, Ranker, features_of
from knowledge.repair import Repair
from knowledge.search import Document, Index
from knowledge.vietnamese import LANGUAGE, fold, syllables
from knowledge.wishes import OUTSIDE as OUT_OF_SCOPE
from knowledge.wishes import learn_wishes

VERSION = 1  # of what is kept: raise it when code below changes what is trained
PENALTY = 0.3
PROBE_EVERY = 5  # one variant in so many is left out to calibrate on


@dataclass(frozen=True, slots=True)
class Trained:
    """Everything that `understand` asks."""

    repair: Repair
    ranker: Ranker
    wishes: Ridge
    confidence: Confidence


def trained(entries: Mapping[str, Entry], cache: Path | None) -> Trained:
    """From the cache where it holds just these entries and lists, else trained now and kept."""
    documents = [document_of(entry) for entry in entries.values()]
    repair, index = repair_of(documents), Index.build(documents)
    kept = cache / f"understanding-{_key(entries)}.npz" if cache else None
    found = _read(kept) if kept else None
    if found is None:
        found = _train(entries, documents, repair, index)
        if kept:
            _write(kept, found)
    topics, wishes, confidence = found
    return Trained(repair, Ranker(index, topics), wishes, confidence)


def document_of(entry: Entry, *, without: frozenset[str] = frozenset()) -> Document:
    """One entry as the index sees it; `without` leaves variants out."""
    said = chain.from_iterable((one.text, *one.items) for one in entry.statements())
    return Document(
        entry.id,
        {
            "title": (tuple(syllables(entry.title)),),
            "variants": tuple(tuple(syllables(each)) for each in entry.variants if each not in without),
            "body": tuple(tuple(syllables(text)) for text in said),
        },
    )


def repair_of(documents: Sequence[Document]) -> Repair:
    """Knows every word that stands in the documents."""
    passages = [passage for document in documents for field in document.fields.values() for passage in field]
    counts: Counter[str] = Counter(chain.from_iterable(passages))
    pairs: Counter[str] = Counter(f"{fold(a)}_{fold(b)}" for passage in passages for a, b in pairwise(passage))
    return Repair(counts, pairs)


Learnt = tuple[Ridge, Ridge, Confidence]


def _train(entries: Mapping[str, Entry], documents: Sequence[Document], repair: Repair, index: Index) -> Learnt:
    """The two classifiers and the calibration, on questions that neither index nor classifier has seen."""
    asked = [(text, entry.id) for entry in entries.values() for text in entry.variants]
    asked += [(entry.title, entry.id) for entry in entries.values()]
    others = [str(text) for name in OUT_OF_SCOPE for text in listed(name)["train"]]
    variants = sum(len(entry.variants) for entry in entries.values())
    probes = [*range(0, variants, PROBE_EVERY), *range(len(asked), len(asked) + len(others))]
    examples = [repair.read(text) for text in chain((text for text, _ in asked), others)]
    labels = [topic for _, topic in asked] + [OUTSIDE] * len(others)
    topics, left_out = classifier.train(
        [features_of(said) for said in examples], labels, penalty=PENALTY, probes=probes
    )
    hidden = frozenset(asked[at][0] for at in probes if at < variants)
    without = Index.build([document_of(entry, without=hidden) for entry in entries.values()])
    judge = Ranker(index, topics)
    ours: list[tuple[Sequence[float], bool]] = []
    foreign: list[Sequence[float]] = []
    for at, scores in zip(probes, left_out, strict=True):
        ranked = judge.judge(examples[at], scores, most=1, index=without)
        if labels[at] == OUTSIDE:
            foreign.append(ranked.signs)
        else:
            ours.append((ranked.signs, ranked.topics[0] == labels[at]))
    return topics, learn_wishes(entries.values(), repair), Confidence.fit(ours, foreign)


def _key(entries: Mapping[str, Entry]) -> str:
    """A hash of all that is trained from."""
    seen = hashlib.sha256(f"{VERSION} {np.__version__}".encode())
    for text in _texts(entries):
        seen.update(text.encode() + b"\n")
    for file in sorted(LANGUAGE.glob("*.yaml")):
        seen.update(file.read_bytes())
    for module in ("classifier", "confidence", "ranking", "repair", "search", "training", "wishes", "vietnamese"):
        seen.update((Path(__file__).parent / f"{module}.py").read_bytes())
    return seen.hexdigest()[:20]


def _texts(entries: Mapping[str, Entry]) -> Iterator[str]:
    for entry in entries.values():
        yield from (entry.id, entry.title, *entry.variants)
        yield from (text for one in entry.statements() for text in (one.text, *one.items))


def _write(kept: Path, learnt: Learnt) -> None:
    """All at once, so that a process that reads meanwhile sees the old file or the new one."""
    topics, wishes, confidence = learnt
    arrays: dict[str, Any] = {f"topics_{name}": array for name, array in classifier.as_arrays(topics).items()}
    arrays |= {f"wishes_{name}": array for name, array in classifier.as_arrays(wishes).items()}
    for name, fit in (("right", confidence.right), ("ours", confidence.ours)):
        arrays |= {f"{name}_mean": fit.mean, f"{name}_spread": fit.spread, f"{name}_weights": fit.weights}
    arrays["thresholds"] = np.array([confidence.answer_from, confidence.offer_from])
    kept.parent.mkdir(parents=True, exist_ok=True)
    own = kept.with_suffix(f".{os.getpid()}.npz")
    np.savez(own, **arrays)
    own.replace(kept)


def _read(kept: Path) -> Learnt | None:
    """What was kept; None where there is nothing, or nothing whole."""
    if not kept.exists():
        return None
    try:
        with np.load(kept, allow_pickle=False) as arrays:
            topics = classifier.from_arrays(_named(arrays, "topics_"))
            wishes = classifier.from_arrays(_named(arrays, "wishes_"))
            right, ours = (
                Logistic(arrays[f"{name}_mean"], arrays[f"{name}_spread"], arrays[f"{name}_weights"])
                for name in ("right", "ours")
            )
            answer_from, offer_from = (float(value) for value in arrays["thresholds"])
    except (KeyError, ValueError, OSError, BadZipFile):
        return None
    return topics, wishes, Confidence(right, ours, answer_from, offer_from)


def _named(arrays: Any, prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): arrays[name] for name in arrays.files if name.startswith(prefix)}
