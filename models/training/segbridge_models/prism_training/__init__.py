"""Training, evaluation and bundling of PRISM networks on volumes."""
