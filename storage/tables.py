"""Gathers the tables of all modules, so that migrations and tests see the whole schema."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from storage import (
    accounts,
    audit,
    bodies,
    calendars,
    cases,
    checklists,
    communes,
    contacts,
    dossiers,
    grants,
    inbox,
    jobs,
    lines,
    links,
    officers,
    offices,
    outbox,
    places,
    prices,
    questions,
    reach,
    sign_ins,
    talks,
    tokens,
)

MODULES = (
    accounts,
    audit,
    bodies,
    calendars,
    cases,
    checklists,
    communes,
    contacts,
    dossiers,
    grants,
    inbox,
    jobs,
    lines,
    links,
    officers,
    offices,
    outbox,
    places,
    prices,
    questions,
    reach,
    sign_ins,
    talks,
    tokens,
)
METADATA: MetaData = SQLModel.metadata
