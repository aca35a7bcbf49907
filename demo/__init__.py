"""A seed number in; a simulated company's landing files and the planted truth out."""
