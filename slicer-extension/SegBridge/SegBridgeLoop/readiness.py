"""Whether a step can be asked for."""
from __future__ import annotations

from SegBridgeScene.problems import SceneProblem
from slicer.i18n import tr as _

from .server_link import ServerLink
from .state import ModelInfo, WorkPhase
from .work import Work


def ready_model(work: Work, server: ServerLink) -> ModelInfo:
    """The model to ask; raises SceneProblem with what is missing."""
    if work.volume_node is None:
        raise SceneProblem("no-volume", _("Choose a volume first."))
    work.representation_changed()
    if work.state.phase is WorkPhase.BLOCKED:
        raise SceneProblem("blocked", work.state.message)
    if not work.segments.has(work.segment_id):
        raise SceneProblem("no-segment", _("Choose or add a segment first."))
    if not server.state.models:
        raise SceneProblem("no-server", _("Connect to a server first."))
    if not work.has_consent:
        raise SceneProblem("no-consent", work.consent.question(server.state.address))
    model = server.model(work.model_id)
    if model is None or not model.ready:
        raise SceneProblem("model-not-ready", _("The model is not ready: choose another one.") if model is None else _(
            "{model} is not ready ({reason}): choose another one.").format(model=model.title, reason=model.reason))
    return model
