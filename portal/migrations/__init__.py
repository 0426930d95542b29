"""One Alembic history for the kernel and every feature."""
