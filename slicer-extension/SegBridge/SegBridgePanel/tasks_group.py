"""Group "Task examples": finished image-mask pairs that guide models which use them."""
from typing import Any, Callable, Optional

import qt
import slicer
from slicer.i18n import tr as _
from SegBridgeLoop.state import ServerPhase, TaskView, What, WorkPhase

from .connections import Connections
from .folding import showInGroup
from .thumbnails import pixmapOf
from .work_group import chosenModel


class TasksGroup:
    """Names are typed in a row of the group, so that nothing pops up; only removing a task asks back."""

    shows = frozenset({What.TASKS, What.EXAMPLES, What.SERVER, What.WORK, What.HISTORY})

    def __init__(self, logic: Any, ui: Any, sliceNode: Callable[[], Optional[Any]]) -> None:
        self._logic = logic
        self._ui = ui
        self._sliceNode = sliceNode
        self._naming = ""  # "new", "rename" or nothing
        self._listed: Any = None
        self._pictured: Any = None
        self._connections = Connections()
        add = self._connections.add
        add(ui.taskCombo, "activated(int)", self._taskChosen)
        add(ui.newTaskButton, "clicked()", self._beginNew)
        add(ui.renameTaskButton, "clicked()", self._beginRename)
        add(ui.removeTaskButton, "clicked()", self._removeTask)
        add(ui.importTaskButton, "clicked()", self._importTask)
        add(ui.exportTaskButton, "clicked()", self._exportTask)
        add(ui.taskNameButton, "clicked()", self._keepName)
        add(ui.taskNameEdit, "returnPressed()", self._keepName)
        add(ui.taskNameCancelButton, "clicked()", self._endNaming)
        add(ui.addExampleButton, "clicked()", self._addExample)
        add(ui.removeExampleButton, "clicked()", self._removeExample)
        add(ui.examplesList, "itemSelectionChanged()", self._renderButtons)
        add(ui.tasksGroup, "contentsCollapsed(bool)", self._collapsed)

    def setIcons(self, icons: Any) -> None:
        ui = self._ui
        for button, icon in ((ui.newTaskButton, "add"), (ui.renameTaskButton, "rename"), (ui.removeTaskButton, "remove"),
                             (ui.importTaskButton, "import"), (ui.exportTaskButton, "export"),
                             (ui.addExampleButton, "add-example"), (ui.removeExampleButton, "remove")):
            button.setIcon(icons[icon])

    def render(self) -> None:
        self._renderTasks()
        self._renderExamples()
        self._renderButtons()

    def cleanup(self) -> None:
        self._connections.clear()

    def _renderTasks(self) -> None:
        combo = self._ui.taskCombo
        if self._logic.tasks != self._listed:
            self._listed = self._logic.tasks
            combo.clear()
            combo.addItem(_("No task"), "")
            for task in self._listed:
                combo.addItem(_("{name} ({count})").format(name=task.name, count=task.examples), task.id)
        combo.setCurrentIndex(max(0, combo.findData(self._logic.taskId)))

    def _renderExamples(self) -> None:
        examples = self._logic.examples
        if examples is self._pictured:
            return
        self._pictured = examples
        view = self._ui.examplesList
        view.clear()
        for example in examples:
            # An item that is made here would be Python's, and go with its name.
            view.addItem("")
            view.item(view.count - 1).setIcon(qt.QIcon(pixmapOf(example.thumbnail_png)))

    def _renderButtons(self) -> None:
        ui, logic = self._ui, self._logic
        enabled = logic.server.phase is ServerPhase.READY and logic.server.tasks_enabled
        task = self._task()
        writable = enabled and task is not None and task.writable
        naming = bool(self._naming)
        for widget in (ui.taskCombo, ui.newTaskButton, ui.importTaskButton):
            widget.setEnabled(enabled and not naming)
        ui.exportTaskButton.setEnabled(enabled and task is not None and not naming)
        for widget in (ui.renameTaskButton, ui.removeTaskButton):
            widget.setEnabled(writable and not naming)
        ui.addExampleButton.setEnabled(writable and logic.work.phase is WorkPhase.READY and bool(logic.history))
        ui.removeExampleButton.setEnabled(writable and self._exampleRow() >= 0)
        showInGroup(ui.tasksGroup, ui.taskNameRow, naming)
        ui.taskNameButton.setText(_("Rename") if self._naming == "rename" else _("Create"))
        showInGroup(ui.tasksGroup, ui.examplesList, bool(logic.examples))
        ui.tasksLabel.setText(self._hint(enabled, task))
        showInGroup(ui.tasksGroup, ui.tasksLabel, bool(ui.tasksLabel.text))

    def _hint(self, enabled: bool, task: Optional[TaskView]) -> str:
        model = chosenModel(self._logic)
        if self._logic.server.phase is not ServerPhase.READY:
            return _("Connect to a server to see its tasks.")
        if not enabled:
            return _("This server keeps no tasks.")
        if task is None:
            return _("A task collects finished examples, and models that use examples learn from them at once.")
        if not task.writable:
            return _("This task belongs to someone else: you can use it, but not change it.")
        if not task.examples:
            return _("No examples yet: finish a mask on a slice, then press Add this slice.")
        if model is not None and not model.uses_context:
            return _("The chosen model does not use examples.")
        return ""

    def _task(self) -> Optional[TaskView]:
        for task in self._logic.tasks:
            if task.id == self._logic.taskId:
                return task
        return None

    def _exampleRow(self) -> int:
        view = self._ui.examplesList
        return view.currentRow if view.selectedItems() else -1

    def _collapsed(self, collapsed: bool) -> None:
        if not collapsed and self._logic.server.tasks_enabled:
            self._logic.refreshTasks()

    def _taskChosen(self, row: int) -> None:
        self._logic.taskId = self._ui.taskCombo.itemData(row)
        self.render()

    def _beginNew(self) -> None:
        self._beginNaming("new", "")

    def _beginRename(self) -> None:
        task = self._task()
        if task is not None:
            self._beginNaming("rename", task.name)

    def _beginNaming(self, what: str, name: str) -> None:
        self._naming = what
        self._renderButtons()
        self._ui.taskNameEdit.setText(name)
        self._ui.taskNameEdit.selectAll()
        self._ui.taskNameEdit.setFocus()

    def _keepName(self) -> None:
        name, naming = self._ui.taskNameEdit.text.strip(), self._naming
        if not name:
            return
        self._endNaming()
        if naming == "new":
            self._logic.createTask(name)
        elif naming == "rename":
            self._logic.renameTask(self._logic.taskId, name)

    def _endNaming(self) -> None:
        self._naming = ""
        self._renderButtons()

    def _removeTask(self) -> None:
        task = self._task()
        if task is not None and slicer.util.confirmOkCancelDisplay(
            _("Remove the task \"{name}\" with its {count} examples from the server?").format(
                name=task.name, count=task.examples)
        ):
            self._logic.removeTask(task.id)

    def _addExample(self) -> None:
        sliceNode = self._sliceNode()
        if sliceNode is not None:
            self._logic.addCurrentToTask(sliceNode)

    def _removeExample(self) -> None:
        row = self._exampleRow()
        if row >= 0:
            self._logic.removeExample(self._logic.examples[row].id)

    def _importTask(self) -> None:
        path = qt.QFileDialog.getOpenFileName(self._ui.tasksGroup, _("Import task"), "", _TASK_FILES)
        if path:
            self._logic.importTask(path)

    def _exportTask(self) -> None:
        path = qt.QFileDialog.getSaveFileName(self._ui.tasksGroup, _("Export task"), "task.zip", _TASK_FILES)
        if path and self._task() is not None:
            self._logic.exportTask(self._logic.taskId, path)


_TASK_FILES = "*.zip"
