"""The pages of leads and companies. A view reads the request, calls one query or action, and renders."""
