"""Files that people bring or fetch: in Django's storage, kept for so long, and given only to those who may see them."""
