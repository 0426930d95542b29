"""The project registry: commons projects, calls, grants, prizes, bounties, ballots and recognition. Not built yet."""
