"""Tables of the review side: what was observed on annotations, and what came of it."""
