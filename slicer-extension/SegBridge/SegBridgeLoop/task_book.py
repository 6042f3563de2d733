"""Tasks: named sets of finished examples that show a model what is meant."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, List, Optional, Tuple

from SegBridgeLib import Client, contract
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.slices import slice_of_view
from slicer.i18n import tr as _

from .messages import info, message_for
from .notices import Notices
from .server_link import ServerLink
from .state import ExampleView, TaskView, What
from .work import Work
from .worker import Worker

_UPLOAD_BYTES = 1 << 20
# The most that the server lists at once.
_EXAMPLES = 100
Tasks = contract.TasksService


class TaskBook:
    """The server's tasks as they were last heard of; changes are asked of the server and then listed anew."""

    def __init__(self, worker: Worker, notices: Notices, server: ServerLink, work: Work) -> None:
        self._worker, self._notices, self._server, self._work = worker, notices, server, work
        self.tasks: Tuple[TaskView, ...] = ()
        self.examples: Tuple[ExampleView, ...] = ()
        self._chosen = ""

    @property
    def chosen(self) -> str:
        return self._chosen

    @chosen.setter
    def chosen(self, task_id: str) -> None:
        if task_id != self._chosen:
            self._chosen, self.examples = task_id, ()
            self._notices.tell(What.EXAMPLES)
            if self._server.is_ready:
                self.refresh()

    def refresh(self) -> None:
        self._ask(lambda client: None)

    def create(self, name: str) -> None:
        def chosen(task: contract.Task) -> None:
            self._chosen = task.id

        self._ask(lambda client: client.call(Tasks.create_task, contract.CreateTaskRequest(name)), chosen)

    def rename(self, task_id: str, name: str) -> None:
        self._ask(lambda client: client.call(Tasks.rename_task, contract.RenameTaskRequest(task_id, name)))

    def remove(self, task_id: str) -> None:
        self._ask(lambda client: client.call(Tasks.remove_task, contract.RemoveTaskRequest(task_id)))

    def remove_example(self, example_id: str) -> None:
        task_id = self._chosen
        self._ask(lambda client: client.call(Tasks.remove_example, contract.RemoveExampleRequest(task_id, example_id)))

    def add_current(self, slice_node: Any) -> None:
        """Adds the slice that a view shows, with the segment's mask on it, to the chosen task."""
        work, task_id, session = self._work, self._chosen, self._work.session
        try:
            if not task_id:
                raise SceneProblem("no-task", _("Choose or add a task first."))
            if session is None or not work.segments.has(work.segment_id):
                raise SceneProblem("no-segment", _("Choose a segment and mark the object on a slice first."))
            plane = slice_of_view(slice_node, work.volume.frame)
            if not plane.is_grid:
                raise SceneProblem("slice-oblique", _("This view is tilted against the volume: use \"Rotate to volume plane\" first."))
        except SceneProblem as problem:
            self._notices.say(message_for(problem))
            return
        axis, index = plane.where  # type: ignore[misc]
        request = contract.AddExamplesRequest(task_id, session.id, work.segments.server_id(work.segment_id), [
            contract.GridSlice(contract.Axis["IJK"["ijk".index(axis)]], index)])
        self._ask(lambda client: client.call(Tasks.add_examples, request), lambda _reply: self._notices.say(
            info("example-added", _("Slice {index} was added to the task.").format(index=index))))

    def export(self, task_id: str, path: str) -> None:
        """Writes a task to a file."""
        def write(client: Client) -> None:
            target = Path(path)
            partial = target.with_name(target.name + ".part")
            try:
                with partial.open("wb") as file, client.stream(Tasks.export_task, contract.ExportTaskRequest(task_id)) as chunks:
                    for chunk in chunks:
                        file.write(chunk.data)
                partial.replace(target)
            finally:
                if partial.exists():
                    partial.unlink()

        self._ask(write, lambda _none: self._notices.say(info("task-exported", _("The task was written."))))

    def import_(self, path: str) -> None:
        """Makes a task of an exported file, with the file's name."""
        def chosen(reply: contract.ImportTaskReply) -> None:
            if reply.task is not None:
                self._chosen = reply.task.id

        self._ask(lambda client: _upload(client, Path(path)), chosen)

    def server_changed(self) -> None:
        """Lists the tasks of a server that has them."""
        if self._server.is_ready and self._server.state.tasks_enabled:
            self.refresh()
        elif self.tasks or self.examples:
            self.tasks = self.examples = ()
            self._notices.tell(What.TASKS)
            self._notices.tell(What.EXAMPLES)

    def _ask(self, job: Callable[[Client], Any], take: Callable[[Any], None] = lambda _result: None) -> None:
        client = self._server.client
        if client is None:
            self._notices.say(message_for(SceneProblem("no-server", _("Connect to a server first."))))
            return

        def listed(result: Any, problem: Optional[Exception]) -> None:
            if client is not self._server.client:
                return
            if problem is not None:
                self._notices.say(message_for(problem))
                return
            tasks, examples = result
            self.tasks = tuple(TaskView(task.id, task.name, task.examples, task.writable) for task in tasks)
            if self._chosen not in [task.id for task in self.tasks]:
                self._chosen = ""
            self.examples = tuple(ExampleView(example.id, example.thumbnail_png) for example in examples)
            self._notices.tell(What.TASKS)
            self._notices.tell(What.EXAMPLES)

        def done(result: Any, problem: Optional[Exception]) -> None:
            if client is not self._server.client:
                return
            if problem is not None:
                self._notices.say(message_for(problem))
            else:
                take(result)
            chosen = self._chosen
            self._worker.submit(lambda: _list(client, chosen), listed)

        self._worker.submit(lambda: job(client), done)


def _list(client: Client, chosen: str) -> Tuple[List[contract.Task], List[contract.Example]]:
    tasks = client.call(Tasks.list_tasks, contract.ListTasksRequest()).tasks
    if chosen not in [task.id for task in tasks]:
        return tasks, []
    return tasks, client.call(Tasks.list_examples, contract.ListExamplesRequest(chosen, 0, _EXAMPLES)).examples


def _upload(client: Client, path: Path) -> contract.ImportTaskReply:
    data, reply = path.read_bytes(), contract.ImportTaskReply()
    for start in range(0, max(1, len(data)), _UPLOAD_BYTES):
        part = data[start:start + _UPLOAD_BYTES]
        reply = client.call(Tasks.import_task, contract.ImportTaskRequest(
            reply.upload_id, path.name.split(".")[0][:100], part, start + _UPLOAD_BYTES >= len(data)))
    return reply
