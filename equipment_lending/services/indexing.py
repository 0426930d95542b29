"""What the public index knows of lending: models and points. Whoever changes one calls this in the same transaction."""

from equipment_lending.models import EquipmentModel, LendingPoint
from portal.index.services import PublicIndex

EQUIPMENT = "equipment"
POINT = "point"

POINT_SUMMARY = {
    "fr": "Point de prêt : {address}",
    "en": "Lending point: {address}",
}


def index_model(index: PublicIndex, model: EquipmentModel) -> None:
    """Enter a model, found by its name, description, category and accessories."""
    index.put(
        EQUIPMENT,
        model.id,
        path=f"/equipment/{model.slug}",
        title=model.name,
        summary=model.description,
        body=" ".join([*model.category.name.values(), *model.accessories]),
    )


def index_point(index: PublicIndex, point: LendingPoint) -> None:
    """Enter a lending point, found by its name, address and neighbourhood."""
    index.put(
        POINT,
        point.id,
        path=f"/points/{point.slug}",
        title={"fr": point.name},
        summary={language: said.format(address=point.place.address) for language, said in POINT_SUMMARY.items()},
        body=point.notice or "",
        place_id=point.place_id,
    )
