"""Labelled volumes: packing, patches, augmentation, and volumes and lesions made from nothing."""
