"""Training and evaluation of in-context segmentation: tasks, not single images.

A task is one kind of object on one kind of image: a target to segment and context entries, other
images of the task with their finished masks.
"""
