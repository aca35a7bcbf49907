"""Who is who: evidence about identifiers in, customers with stable ids and their history out."""

from models_ml.identity.evidence import Evidence
from models_ml.identity.guards import Guards, load_guards
from models_ml.identity.ledger import Ledger, advance
from models_ml.identity.resolve import Resolution, resolve

__all__ = ["Evidence", "Guards", "Ledger", "Resolution", "advance", "load_guards", "resolve"]
