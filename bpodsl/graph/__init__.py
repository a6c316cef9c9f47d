"""What leads to what."""

from bpodsl.graph.build import build
from bpodsl.graph.contract_graph import ContractGraph

__all__ = ["ContractGraph", "build"]
