"""What a city already has in its spreadsheets: ``points.csv``, ``models.csv`` and ``items.csv``, read and compared.

Pure functions, like the rules: bytes in, rows and troubles out. ``equipment_lending.services.inventory`` writes.
"""
