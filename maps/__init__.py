"""Maps: everything the commons made, above all audio trails. Not built yet."""
