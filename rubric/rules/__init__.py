"""The rules of suggestion, one small file each. They never import each other."""
