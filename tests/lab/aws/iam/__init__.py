"""IAM's judgement: pure, see decide.py."""
