"""Gathers the tables of all modules, so that migrations and tests see the whole schema."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from storage import accounts, bodies, cases, communes, inbox, jobs, outbox, questions, talks

MODULES = (accounts, bodies, cases, communes, inbox, jobs, outbox, questions, talks)
METADATA: MetaData = SQLModel.metadata
