"""The bell: pages of notices and remarks, what people prefer, following, and whom an @ may name."""
