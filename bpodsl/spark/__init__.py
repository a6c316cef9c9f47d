"""Many machines: a portfolio run by Spark, whole or as its events come."""

from bpodsl.spark.sorting import Sorter
from bpodsl.spark.starting import NoSpark, SparkLost, begun

__all__ = ["NoSpark", "Sorter", "SparkLost", "begun"]
