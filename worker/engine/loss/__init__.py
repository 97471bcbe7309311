"""What is minimised: the terms, the objective that sums them, and its gradient."""
