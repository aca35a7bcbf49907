"""Estimators with scikit-learn's contract: one class a file, numbers in, numbers out."""
