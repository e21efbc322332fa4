"""Trains all parts of the understanding from the entries and the word lists; keeps them by a hash of both."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from knowledge import classifier, search
from knowledge.actions import learn_actions, out_of_scope
from knowledge.classifier import Ridge
from knowledge.confidence import Confidence, Logistic
from knowledge.entry import Entry
from knowledge.ranking import OURS, OUTSIDE, Ranker, features_of
from knowledge.repair import Repair
from knowledge.search import Document, Index, Postings
from knowledge.special_cases import name_of
from knowledge.vietnamese import LANGUAGE, fold, syllables

# Their code is part of the cache's key: a change of theirs trains anew.
MODULES = (
    "actions",
    "classifier",
    "confidence",
    "cues",
    "lexicon",
    "ranking",
    "repair",
    "search",
    "special_cases",
    "titles",
    "training",
    "vietnamese",
)
PENALTY = 1.0
OUTSIDE_COUNTS = 16.0  # how often a question out of scope counts beside one of ours: there are far fewer
TITLE_COUNTS = 8.0  # … and the plainest way to ask for a topic: its name
PROBE_EVERY = 10  # one variant in so many is left out to calibrate on
MOST_LEARNT = 30  # variants of one entry that the classifier learns


@dataclass(frozen=True, slots=True)
class Trained:
    """Everything that `understand` asks."""

    repair: Repair
    index: Index
    titles: tuple[str, ...]
    names: tuple[str, ...]  # what the titles name, to tell special cases from plain ones
    scope: Ridge
    actions: Ridge
    confidence: Confidence

    @property
    def ranker(self) -> Ranker:
        """Index and classifier together."""
        return Ranker(self.index, self.scope, self.titles, self.names)


def trained(entries: Mapping[str, Entry], *caches: Path) -> Trained:
    """From the first cache that holds just these entries and lists, else trained now and kept in the first of them."""
    name = _name(key_of(entries))
    for cache in caches:
        found = _read(cache / name)
        if found is not None:
            return found
    fresh = train(entries)
    if caches:
        _write(caches[0] / name, fresh)
    return fresh


def is_kept(key: str, cache: Path) -> bool:
    """Whether what this key stands for was learnt before."""
    return (cache / _name(key)).exists()


def _name(key: str) -> str:
    return f"understanding-{key}.npz"


def _learnt(entry: Entry) -> Sequence[str]:
    """Variants for the classifier, spread over the list: its writers stand one after the other in it."""
    step = max(1, -(-len(entry.variants) // MOST_LEARNT))
    return entry.variants[::step]


def document_of(
    entry: Entry, read: Callable[[str], Sequence[str]], *, without: frozenset[str] = frozenset()
) -> Document:
    """One entry as the index sees it, its variants as `read` reads them; `without` leaves variants out."""
    said = chain.from_iterable((one.text, *one.items) for one in entry.statements())
    return Document(
        entry.id,
        {
            "title": (tuple(syllables(entry.title)),),
            "variants": tuple(tuple(read(each)) for each in entry.variants if each not in without),
            "body": tuple(tuple(syllables(text)) for text in said),
        },
    )


def repair_of(documents: Sequence[Document]) -> Repair:
    """Knows every word that stands in the documents."""
    passages = [passage for document in documents for field in document.fields.values() for passage in field]
    counts: Counter[str] = Counter(chain.from_iterable(passages))
    pairs: Counter[str] = Counter(f"{fold(a)}_{fold(b)}" for passage in passages for a, b in pairwise(passage))
    return Repair(counts, pairs)


def train(entries: Mapping[str, Entry]) -> Trained:
    """Index, classifiers, and the calibration on questions that neither index nor classifier has seen."""
    repair = repair_of([document_of(entry, syllables) for entry in entries.values()])
    read = lru_cache(maxsize=None)(repair.read)  # each text is needed two or three times
    index = Index.build([document_of(entry, read) for entry in entries.values()])
    titles = tuple(" ".join(syllables(entry.title)) for entry in entries.values())
    names = tuple(name_of(entry.title) for entry in entries.values())
    asked = [(text, entry.id) for entry in entries.values() for text in _learnt(entry)]
    variants = len(asked)
    asked += [(entry.title, entry.id) for entry in entries.values()]
    others = out_of_scope("train")
    probes = [*range(0, variants, PROBE_EVERY), *range(len(asked), len(asked) + len(others))]
    examples = [read(text) for text in chain((text for text, _ in asked), others)]
    labels = [OURS] * len(asked) + [OUTSIDE] * len(others)
    seen = [[sys.intern(name) for name in features_of(said)] for said in examples]
    importance = [1.0] * variants + [TITLE_COUNTS] * (len(asked) - variants) + [OUTSIDE_COUNTS] * len(others)
    scope = classifier.train(seen, labels, penalty=PENALTY, importance=importance)
    left_out = classifier.left_out(scope, seen, labels, penalty=PENALTY, probes=probes, importance=importance)
    hidden = frozenset(asked[at][0] for at in probes if at < variants)
    folded = Postings.build([document_of(entry, read, without=hidden) for entry in entries.values()], folded=True)
    judge = Ranker(Index(index.topics, index.marked, folded), scope, titles, names)
    ours: list[tuple[Sequence[float], bool]] = []
    foreign: list[Sequence[float]] = []
    for at, scores in zip(probes, left_out, strict=True):
        plain = [fold(syllable) for syllable in examples[at]]  # without marks only the folded half is asked
        ranked = judge.judge(plain, float(scores[0]), most=1)
        if labels[at] == OUTSIDE:
            foreign.append(ranked.signs)
        else:
            ours.append((ranked.signs, ranked.topics[0] == asked[at][1]))
    search.forget_passages()
    actions = learn_actions(entries.values(), repair)
    return Trained(repair, index, titles, names, scope, actions, Confidence.fit(ours, foreign))


def key_of(entries: Mapping[str, Entry]) -> str:
    """A hash of all that is trained from; equal ones understand alike."""
    seen = hashlib.sha256(np.__version__.encode())
    for text in _texts(entries):
        seen.update(text.encode() + b"\n")
    for file in sorted(LANGUAGE.glob("*.yaml")):
        seen.update(file.read_bytes())
    for module in MODULES:
        seen.update((Path(__file__).parent / f"{module}.py").read_bytes())
    return seen.hexdigest()[:20]


def _texts(entries: Mapping[str, Entry]) -> Iterator[str]:
    for entry in entries.values():
        yield from (entry.id, entry.title, *entry.variants)
        yield from (text for one in entry.statements() for text in (one.text, *one.items))


def _write(kept: Path, parts: Trained) -> None:
    """All at once, so that a process that reads meanwhile sees the old file or the new one."""
    arrays: dict[str, Any] = {
        "index_topics": np.array(parts.index.topics, dtype=np.str_),
        "index_titles": np.array(parts.titles, dtype=np.str_),
        "index_names": np.array(parts.names, dtype=np.str_),
    }
    for name, kept_part in (
        ("marked", parts.index.marked.as_arrays()),
        ("folded", parts.index.folded.as_arrays()),
        ("scope", classifier.as_arrays(parts.scope)),
        ("actions", classifier.as_arrays(parts.actions)),
        ("counts", _counted(parts.repair.counts)),
        ("pairs", _counted(parts.repair.pairs)),
        ("right", _arrays_of(parts.confidence.right)),
        ("ours", _arrays_of(parts.confidence.ours)),
    ):
        arrays |= {f"{name}.{key}": array for key, array in kept_part.items()}
    arrays["thresholds"] = np.array([parts.confidence.answer_from, parts.confidence.offer_from])
    kept.parent.mkdir(parents=True, exist_ok=True)
    own = kept.with_suffix(f".{os.getpid()}.npz")
    np.savez(own, **arrays)
    own.replace(kept)


def _read(kept: Path) -> Trained | None:
    """What was kept; None where there is nothing, or nothing whole."""
    if not kept.exists():
        return None
    try:
        with np.load(kept, allow_pickle=False) as arrays:
            groups: dict[str, dict[str, Any]] = {}
            for name in arrays.files:
                group, _, key = name.partition(".")
                groups.setdefault(group, {})[key] = arrays[name]
            answer_from, offer_from = (float(value) for value in arrays["thresholds"])
        return Trained(
            repair=Repair(_as_counts(groups["counts"]), _as_counts(groups["pairs"])),
            index=Index(
                [str(topic) for topic in groups["index_topics"][""].tolist()],
                Postings.from_arrays(groups["marked"]),
                Postings.from_arrays(groups["folded"]),
            ),
            titles=tuple(str(title) for title in groups["index_titles"][""].tolist()),
            names=tuple(str(name) for name in groups["index_names"][""].tolist()),
            scope=classifier.from_arrays(groups["scope"]),
            actions=classifier.from_arrays(groups["actions"]),
            confidence=Confidence(Logistic(**groups["right"]), Logistic(**groups["ours"]), answer_from, offer_from),
        )
    except (KeyError, ValueError, OSError, TypeError, BadZipFile):
        return None


def _arrays_of(fit: Logistic) -> dict[str, Any]:
    """The arrays of one fit."""
    return {"mean": fit.mean, "spread": fit.spread, "weights": fit.weights}


def _counted(counts: Mapping[str, int]) -> dict[str, Any]:
    return {"names": np.array(list(counts), dtype=np.str_), "counts": np.array(list(counts.values()), dtype=np.int32)}


def _as_counts(arrays: Mapping[str, Any]) -> dict[str, int]:
    return dict(zip(arrays["names"].tolist(), arrays["counts"].tolist(), strict=True))
