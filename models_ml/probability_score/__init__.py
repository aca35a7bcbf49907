"""What the scores that predict an event share: definition, training, rows with reasons."""
