"""A seeded, believable retail business to try everything on; see `sample_db.build` for its tables and stories."""
