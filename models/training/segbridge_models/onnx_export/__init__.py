"""Networks as ONNX graphs, node by node: one module per family, over one graph builder.

``graph`` builds, ``weights`` stores an exported graph's weights as halves or leaves them out.
"""
