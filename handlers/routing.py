"""Which conversation a message belongs to: the features in the order in which they are asked."""

from __future__ import annotations

from handlers import (
    attachments,
    benefit,
    case_replies,
    clarify,
    complaints,
    confirming,
    deadlines,
    denunciation,
    directory,
    disclosing,
    dossiers,
    emergency,
    fallback,
    genuine,
    handoff,
    insurance,
    kinds,
    land_price,
    leaving,
    linking,
    mailbox,
    officer_chat,
    old_names,
    papers,
    petition,
    privacy,
    procedures,
    rating,
    reminders,
    reports,
    smalltalk,
    subscribing,
    topics,
    tracking,
    welcome,
)
from handlers.contract import Feature, Incoming
from storage.talks import Talk

FEATURES: tuple[Feature, ...] = (
    emergency.FEATURE,
    leaving.FEATURE,
    privacy.FEATURE,
    linking.FEATURE,
    confirming.FEATURE,
    rating.FEATURE,
    genuine.FEATURE,
    papers.FEATURE,
    deadlines.FEATURE,
    subscribing.FEATURE,
    reminders.FEATURE,
    dossiers.FEATURE,
    officer_chat.FEATURE,
    case_replies.FEATURE,
    tracking.FEATURE,
    mailbox.FEATURE,
    denunciation.FEATURE,
    kinds.FEATURE,
    petition.FEATURE,
    complaints.FEATURE,
    reports.FEATURE,
    disclosing.FEATURE,
    land_price.FEATURE,
    benefit.FEATURE,
    insurance.FEATURE,
    old_names.FEATURE,
    directory.FEATURE,
    handoff.FEATURE,
    welcome.FEATURE,
    attachments.FEATURE,
    topics.FEATURE,
    procedures.FEATURE,
    smalltalk.FEATURE,
    clarify.FEATURE,
    fallback.FEATURE,
)
SEALED = (denunciation.NEXT, denunciation.TELL, mailbox.ADD)
KEEP_FOR_OFFICERS = (reports.FEATURE, handoff.FEATURE)
BY_NAME = {feature.name: feature for feature in FEATURES}


def choose(message: Incoming, talk: Talk) -> Feature:
    """Danger first, then the way out, one's own data, a picked choice, the talk in progress, and then what fits."""
    if message.phrase is not None:  # eight words of our own making: no danger speaks so
        return mailbox.FEATURE
    if emergency.takes(message, talk):
        return emergency.FEATURE
    if talk.asks in SEALED and message.kind not in ("text", "press", "unsupported"):
        # A picture, or the place where somebody stands, may not lie here even for a while.
        return BY_NAME[(talk.asks or "").partition(".")[0]]
    if attachments.takes(message, talk):
        return attachments.FEATURE
    if subscribing.stops(message, talk):  # honoured within one message, whatever was being talked of
        return subscribing.FEATURE
    if leaving.takes(message, talk):
        return leaving.FEATURE
    if privacy.takes(message, talk):  # in the middle of a report too: nobody lives in "dữ liệu của tôi"
        return privacy.FEATURE
    if linking.takes(message, talk):
        return linking.FEATURE
    picked = _named(message.chosen)
    if picked is not None:
        return picked
    if message.meaning.scolds and talk.asks not in SEALED:
        return smalltalk.FEATURE  # in the middle of a report too: anger is no part of it
    pending = _named(talk.asks)
    if pending in KEEP_FOR_OFFICERS and denunciation.takes(message, talk):
        return denunciation.FEATURE  # what turns out to be one goes on as one
    if pending is topics.FEATURE and disclosing.takes(message, talk):
        return disclosing.FEATURE  # the thing itself is asked for, whatever was said of its rule
    if pending is not None and pending.continues(message, talk):
        return pending
    return next(feature for feature in FEATURES if feature.takes(message, talk))


def _named(point: str | None) -> Feature | None:
    return BY_NAME.get((point or "").partition(".")[0])
