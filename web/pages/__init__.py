"""The pages for people, a module per page."""
