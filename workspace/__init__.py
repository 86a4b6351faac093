"""The ground floor: people, journal, jobs, and the kits for pages and API that every room builds on."""
