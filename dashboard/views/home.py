"""Where the bare address leads: on to the first page of the reader's role."""

from dashboard.navigation import first_page, open_page
from dashboard.state import current_actor

open_page(first_page(current_actor()).key)
