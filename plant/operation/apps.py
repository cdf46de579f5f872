from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "plant.operation"
    label = "operation"
