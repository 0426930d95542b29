"""What pages, the API and the packs show of trails and places, and what the map shows of everything."""
