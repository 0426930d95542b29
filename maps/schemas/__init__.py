"""What people and programs send about trails and places: well formed or not, and ending in values."""
