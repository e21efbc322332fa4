"""Gathers the tables of all modules, so that migrations and tests see the whole schema."""

from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import MetaData
from sqlmodel import SQLModel

import storage

METADATA: MetaData = SQLModel.metadata  # named first: a module gathered below may ask for it

for module in iter_modules(storage.__path__, "storage."):
    if not module.ispkg:  # the migrations read this module
        import_module(module.name)
