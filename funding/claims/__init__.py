"""The claim to the Home Office, worked out from certified returns. `actions/claims.py` freezes it."""
