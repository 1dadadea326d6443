"""Ways in which files are damaged that leave no doubt about what a reader may still say of them.

Each takes the path of a good file and changes it in place. A damage never makes another plausible plot: it breaks the
form, not the facts, or breaks a fact so that nobody can take it for true.
"""

from tests.fuzz.damage import Damage
from tests.fuzz.file_damages import FILE_DAMAGES
from tests.fuzz.text_damages import TEXT_DAMAGES

DAMAGES: tuple[Damage, ...] = (*TEXT_DAMAGES, *FILE_DAMAGES)
