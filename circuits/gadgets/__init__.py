"""The parts that statements are made of; each module states what it assumes and what it costs."""
