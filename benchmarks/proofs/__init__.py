"""What one proof costs, part by part, here and elsewhere."""
