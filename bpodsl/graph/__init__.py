"""What leads to what."""

from bpodsl.graph.contract_graph import ContractGraph, build

__all__ = ["ContractGraph", "build"]
