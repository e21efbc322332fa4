"""Gathers the tables of all modules, so that migrations and tests see the whole schema."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from storage import (
    accounts,
    audit,
    bodies,
    cases,
    communes,
    grants,
    inbox,
    jobs,
    officers,
    offices,
    outbox,
    prices,
    questions,
    sign_ins,
    talks,
)

MODULES = (
    accounts,
    audit,
    bodies,
    cases,
    communes,
    grants,
    inbox,
    jobs,
    officers,
    offices,
    outbox,
    prices,
    questions,
    sign_ins,
    talks,
)
METADATA: MetaData = SQLModel.metadata
