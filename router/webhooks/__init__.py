"""Webhooks: programs outside, no clients of ours, that are told what rules and plans have to say."""
