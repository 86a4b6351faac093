"""Long work: a row with progress, a lease and a committed cursor, so that a killed job resumes."""
