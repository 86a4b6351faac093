""" "My day": what waits for the visitor, and what the departments did."""
