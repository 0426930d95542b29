"""What pages, programs and exports show of the map: trails, stops, places, their revisions and who made them."""
