"""What is wrong with what the scene holds, in words for the user."""


class SceneProblem(ValueError):
    """Something in the scene cannot be worked with. ``key`` is a stable name of the situation, the text says what to do."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key
        self.text = text
