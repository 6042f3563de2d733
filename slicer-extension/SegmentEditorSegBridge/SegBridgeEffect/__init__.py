"""Parts of the Segment Editor effect: drawing in slice views, options, writing by the rules of the Segment Editor."""
