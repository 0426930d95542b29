"""Training: modules, quizzes, workshop sessions, and the badges that open equipment. Not built yet."""
