"""How does a kernel become part of its entry, without machine code of its own?

numba optimises every function that it compiles, with a copy of all that it calls, and makes
machine code of it; whoever calls it starts again with a copy of its own. Kernels are several
calls deep and only entries are run, so most of that work is thrown away. Here a kernel becomes a
*piece*: its types are found and its code is written down, no more. An entry collects the pieces
below it, optimises them together, once, and makes machine code of the result. The operations on
numbers stay the same, and so does their order.

It stands on what numba says of pipelines of one's own, and on its `JITCodeLibrary`, which it does
not promise to keep: `tests/test_compiled.py` says whether it still works as told here.
"""

import gc
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.typed_passes import NativeLowering

__all__ = ["OfEntry", "OfKernel", "Piece"]

_COMPILED: Any = importlib.import_module("numba._dynfunc")  # no Python: no checker sees it

OBJECTS = 100_000  # made between two searches for what is no longer used; Python's own is 700


class Piece(JITCodeLibrary):
    """The code of one kernel as it was written down, to be linked into an entry."""

    def _optimize_functions(self, ll_module: Any) -> None:
        # What is left of numba's own version: without the layout it cannot be linked.
        ll_module.data_layout = self._codegen._data_layout

    def finalize(self) -> None:
        """Nothing more is added. Neither linked nor optimised: that is for the entry."""
        self._finalized = True

    def alone(self) -> Any:
        """The code of the kernel without that of what it calls."""
        return super()._get_module_for_linking()

    def _get_module_for_linking(self) -> Any:
        # For code that is no entry, such as a numba function of a user's own.
        module = self.alone().clone()
        _link(module, self._linking_libraries)
        return module


class Whole(JITCodeLibrary):
    """The code of an entry and of everything below it."""

    def finalize(self) -> None:
        """Link all pieces, each once; then optimise, and make machine code."""
        _link(self._final_module, self._linking_libraries)
        self._linking_libraries = []
        super().finalize()


def _link(module: Any, libraries: list[Any]) -> None:
    """Copy these libraries and all that is below their pieces into the module."""
    linked, waiting = set[Any](), list(libraries)
    while waiting:
        library = waiting.pop()
        if library in linked:
            continue
        linked.add(library)
        if isinstance(library, Piece):
            module.link_in(library.alone(), preserve=True)
            waiting += library._linking_libraries
        else:
            module.link_in(library._get_module_for_linking(), preserve=True)


@register_pass(mutates_CFG=True, analysis_only=False)
class LowerPiece(NativeLowering):
    """Write a kernel down as a piece."""

    _name = "lower_piece"

    def run_pass(self, state: Any) -> Literal[True]:
        """As numba's own, but the function that its callers know it by cannot be run."""
        state.library = Piece(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        done, library = state.cr, state.library
        module, name = done.fndesc.lookup_module(), state.func_id.func_name
        known_as = _COMPILED.make_function(module, name, "a piece", 0, done.env, (library,))
        state.targetctx.insert_user_function(known_as, done.fndesc, [library])
        state.cr = done._replace(cfunc=known_as)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class LowerWhole(NativeLowering):
    """Compile an entry from pieces."""

    _name = "lower_whole"

    def run_pass(self, state: Any) -> Literal[True]:
        """As numba's own, with another library, which can be kept on disk."""
        state.library = Whole(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return super().run_pass(state)


class OfKernel(CompilerBase):
    """numba's pipeline, with pieces."""

    def define_pipelines(self) -> list[PassManager]:
        """The one pipeline."""
        return [_pipeline(self.state, LowerPiece)]


class OfEntry(CompilerBase):
    """numba's pipeline, for what is made of pieces."""

    def define_pipelines(self) -> list[PassManager]:
        """The one pipeline."""
        return [_pipeline(self.state, LowerWhole)]

    def compile_extra(self, func: Callable[..., Any]) -> Any:
        """Compile, without looking for unused objects all the time: hardly any are."""
        with _few_searches():
            return super().compile_extra(func)


def _pipeline(state: Any, lowering: type) -> PassManager:
    pipeline = DefaultPassBuilder.define_nopython_pipeline(state)
    names = [step for step, _ in pipeline.passes]
    pipeline.passes[names.index(NativeLowering)] = (lowering, "lowering of pieces")
    pipeline.finalize()
    return pipeline


@contextmanager
def _few_searches() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(max(OBJECTS, usual[0]) if usual[0] else 0, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
