"""What pages show of leads and companies, computed in Python so that templates only draw."""
