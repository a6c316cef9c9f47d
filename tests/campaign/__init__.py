"""The differential campaign: random agreements and histories, evaluated twice and compared byte for byte."""
