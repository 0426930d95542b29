"""What people send us: well formed or not. Whether it can be done is the charter's business."""
