// Replaced by the first shared test code.
