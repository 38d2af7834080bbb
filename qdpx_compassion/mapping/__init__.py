"""The mapping: from the study's codes to the constructs of a framework. Takes ready tables, knows no XML."""
