"""Private trades that a person can watch: the parts are the real ones, the desks are invented."""
