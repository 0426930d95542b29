"""The pages of maps and their answers to programs: one class a page, words last."""
