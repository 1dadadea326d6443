"""Which runs, in which order. No computation stands here, and nothing in `eudr_check` imports this."""
