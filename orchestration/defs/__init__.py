"""raw → identity → staging, intermediate, marts, features → models, scores → checks → published."""
