"""ONNX networks on one thread: pools of several engines would fight for the two cores."""

from pathlib import Path
from typing import Any, Final

LOG_ERRORS_ONLY: Final = 3


def session(model: Path) -> Any:
    """An ONNX Runtime session of this file. The file is verified before."""
    import onnxruntime  # it starts a thread, which the nursery must not have

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = LOG_ERRORS_ONLY
    options.enable_cpu_mem_arena = False  # a few megabytes and nothing measurable in time
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
