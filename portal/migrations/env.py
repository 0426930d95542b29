"""How Alembic meets our databases. The caller hands over a connection; features' tables are known by importing them."""

from alembic import context

from portal.migrations.history import include_object, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    include_object=include_object,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,  # on SQLite too, since portal.db.engine, not the driver, begins transactions
)
with context.begin_transaction():
    context.run_migrations()
