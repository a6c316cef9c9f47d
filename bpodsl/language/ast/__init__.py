"""The tree as written: one class for each rule of the grammar, named after it.

Nothing here is resolved: a `Name` may be a figure, a field, a party or a word. Every node carries
its `span`. Where the grammar offers a choice of words, the field is a `str` that holds the words as
written, with single blanks (`must not`, `working days`). A field that ends in `| None` was left out.
A clause that has a block keeps its lines in order of writing; whether they are complete, and whether
one stands twice, is for the resolver to say.
"""

from bpodsl.language.ast.base import *  # noqa: F403
from bpodsl.language.ast.dates import *  # noqa: F403
from bpodsl.language.ast.duties import *  # noqa: F403
from bpodsl.language.ast.events import *  # noqa: F403
from bpodsl.language.ast.examples import *  # noqa: F403
from bpodsl.language.ast.expressions import *  # noqa: F403
from bpodsl.language.ast.figures import *  # noqa: F403
from bpodsl.language.ast.file import *  # noqa: F403
from bpodsl.language.ast.lists import *  # noqa: F403
from bpodsl.language.ast.rules import *  # noqa: F403
from bpodsl.language.ast.series import *  # noqa: F403
from bpodsl.language.ast.setting import *  # noqa: F403
from bpodsl.language.ast.shared import *  # noqa: F403
